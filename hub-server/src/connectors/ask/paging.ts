import { HubError } from '../../contracts/errors.ts'
import type { Paging } from '../compiled/connector.ts'
import type { Bound } from '../expressions/expression.ts'
import { truthy } from '../expressions/truth.ts'
import type { VendorAnswer } from '../port/types.ts'
import { withoutEnd } from '../../contracts/text/trim.ts'

/** Where the next page begins. `next` is a whole address, where the vendor gave one. */
export interface Page {
  readonly cursor?: unknown
  readonly number: number
  readonly offset: number
  readonly size: number
  readonly next?: string
}

export const firstPage = (paging: Paging, wanted: number): Page => ({
  number: paging.from,
  offset: 0,
  size: Math.min(paging.size, wanted),
})

interface Turned {
  readonly answer: VendorAnswer
  readonly bound: Bound
  /** Elements on the page just read. */
  readonly elements: number
  /** Results still wanted. */
  readonly left: number
  /** Makes an address that the vendor gave one that may be called. */
  readonly follow: (address: string) => Promise<string>
}

/** The page after this one, null when this was the last. */
export const nextPage = async (paging: Paging, page: Page, turned: Turned): Promise<Page | null> => {
  const { answer, bound, elements, left, follow } = turned
  const { body } = answer
  // A vendor that counts pages wants them all of one size.
  const size = paging.by === 'number' ? page.size : Math.min(paging.size, left)
  if (paging.by === 'link') {
    const link: unknown = paging.next
      ? await paging.next.evaluate(body, bound)
      : linkTo('next', answer.headers.link ?? '')
    return typeof link !== 'string' || link === '' ? null : { ...page, size, next: await follow(link) }
  }
  if (paging.by === 'cursor') {
    const cursor: unknown = await paging.next?.evaluate(body, bound)
    return truthy(cursor) ? { ...page, size, cursor } : null
  }
  const further = await hasMore(paging, page, turned)
  return further && elements > 0 ? { number: page.number + 1, offset: page.offset + elements, size } : null
}

/** Whether the vendor says that there is more, by word or by a total; where it says neither, a full page does. */
const hasMore = async ({ more, total }: Paging, page: Page, { answer, bound, elements }: Turned): Promise<boolean> => {
  if (more) return truthy(await more.evaluate(answer.body, bound))
  if (total) return page.offset + elements < Number(await total.evaluate(answer.body, bound))
  return elements >= page.size
}

/** What tells one page from another by what leads to it; null where that is a plain count. */
export const pageKey = (page: Page): string | null =>
  page.next ?? (page.cursor === undefined ? null : JSON.stringify(page.cursor))

/** The target of a Link header's relation (RFC 8288). */
export const linkTo = (relation: string, header: string): string | null => {
  for (const link of header.split(/,(?=\s*<)/)) {
    const [, target, parameters] = /^\s*<([^>]*)>(.*)$/s.exec(link) ?? []
    const rel = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,]+))/i.exec(parameters ?? '')
    if ((rel?.[1] ?? rel?.[2] ?? '').toLowerCase().split(/\s+/).includes(relation)) return target ?? null
  }
  return null
}

/**
 * A further page's address on the server that is asked: in mode test the stand-in's, never anybody else's.
 * @param declared the server's own address
 * @param base the address that is asked
 * @throws HubError bad_response when it points elsewhere: our key must not go there
 */
export const onSameServer = (address: string, declared: string, base: string): string => {
  if (address.startsWith('/') && !address.startsWith('//')) {
    const path = URL.canParse(declared) ? withoutEnd(new URL(declared).pathname, /\//) : ''
    return base + (path && address.startsWith(`${path}/`) ? address.slice(path.length) : address)
  }
  for (const known of [declared, base])
    if (address === known || ['/', '?'].some((end) => address.startsWith(known + end)))
      return base + address.slice(known.length)
  throw new HubError('bad_response', 'The next page is on another server, which is not asked.')
}
