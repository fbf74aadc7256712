import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const folder = resolve(
  process.env.YARDSTICKS_DIR ?? resolve(import.meta.dirname, '../../../shared/yardsticks'),
  'web/contacts',
)

export const withoutPages: string = existsSync(join(folder, 'gold.json'))
  ? ''
  : `: not run, there are no saved pages in ${folder} (YARDSTICKS_DIR)`

interface Labelled {
  readonly page: string
  readonly entities: readonly { readonly type: string; readonly text: string }[]
}

/** A real page under a name that is reserved. */
export interface SavedPage {
  /** page-001.test */
  readonly host: string
  readonly page: string
  /** What people read on it, in lower case; none where nobody labelled any. */
  readonly emails: readonly string[]
}

/** So many pages: those with a labelled e-mail address first. */
export const savedPages = (count: number): SavedPage[] => {
  const gold: Labelled[] = JSON.parse(readFileSync(join(folder, 'gold.json'), 'utf8'))
  return gold
    .map(({ page, entities }) => ({
      page,
      emails: entities.flatMap(({ type, text }) => (type === 'EMAIL' ? addressIn(text) : [])),
    }))
    .sort((a, b) => Number(b.emails.length > 0) - Number(a.emails.length > 0) || a.page.localeCompare(b.page))
    .slice(0, count)
    .map((one, at) => ({ ...one, host: `page-${String(at + 1).padStart(3, '0')}.test` }))
}

/** A label may hold more: "Bookings at somebody@…". */
const addressIn = (label: string): string[] => label.toLowerCase().match(/\S+@\S+/g) ?? []

/** Lays the pages out as the hub's setting SANDBOX_SITES wants them. */
export const layOut = (pages: readonly SavedPage[], into: string): void => {
  for (const { host, page } of pages) {
    mkdirSync(join(into, host), { recursive: true })
    copyFileSync(join(folder, 'pages', page), join(into, host, 'index.html'))
  }
}
