import { asHubError, HubError } from '../../contracts/errors.ts'
import type { Result } from '../../contracts/result.ts'
import { RobotsRefusal } from '../../web/webErrors.ts'
import type { Block, BlockContext } from '../block.ts'
import { besides } from '../fields.ts'
import { fieldsOf, observe } from '../observations.ts'
import { companyOf } from './company.ts'
import { contract } from './contract.ts'
import { mergeContacts } from './merge.ts'
import { readSite, type SiteReading } from './readSite.ts'
import { parseWebsite, type Website } from './website.ts'

type Options = Parameters<(typeof block)['run']>[1]
type Answer = Omit<Result<Record<string, unknown>>, 'item'>

/** Websites at once; each is read one page at a time. */
const CONCURRENCY = 8

const failed = (thrown: unknown): Answer => ({ status: 'failed', outputs: [], error: asHubError(thrown).toValue() })

const defined = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

/** "Read 4 pages of acme.example": what a person needs to know to trust the answer. */
const readingReport = ({ start, pages, closed, unread, leftOut }: SiteReading): string => {
  const further = [
    closed > 0 && `${closed} more ${closed === 1 ? 'is' : 'are'} closed to robots`,
    unread > 0 && `${unread} more could not be read`,
    leftOut > 0 && `${leftOut} entries of lists longer than any real one were left out`,
  ].filter((part) => part !== false)
  return (
    `Read ${pages.length} ${pages.length === 1 ? 'page' : 'pages'} of ` +
    `${new URL(start).host}${further.map((part) => `, ${part}`).join('')}`
  )
}

/** With the page that each field stands on: the person's own one, and those that say something of the company. */
const observed = (
  output: Record<string, unknown>,
  pages: Readonly<Record<string, string>>,
  at: string,
): Record<string, unknown> => {
  const { source, kind: _kind, company, website: _website, ...person } = output
  const own = typeof source === 'string' ? observe(output, { source, at }, person) : output
  const perPage = Map.groupBy(Object.entries(fieldsOf({ company })), ([field]) => pages[field])
  return [...perPage].reduce(
    (item, [page, fields]) =>
      page === undefined ? item : observe(item, { source: page, at }, Object.fromEntries(fields)),
    own,
  )
}

/** Why there is nothing to give, in view of what was left out on purpose. */
const nothing = (reading: SiteReading, leftOut: { people: number; general: number }): string => {
  const report = readingReport(reading)
  if (leftOut.people === 0 && leftOut.general === 0) return `${report}: no e-mail address and nobody by name.`
  const parts = [
    leftOut.people > 0 && `${leftOut.people} named without an e-mail address`,
    leftOut.general > 0 && `${leftOut.general} general ${leftOut.general === 1 ? 'address' : 'addresses'}`,
  ].filter((part) => part !== false)
  return `${report}: only ${parts.join(' and ')}, which the options leave out.`
}

const answerOf = (reading: SiteReading, options: Options, at: string): Answer => {
  const { people, general } = mergeContacts(reading.pages)
  const { company, pages } = companyOf(reading, general)
  const website = company.website
  const wanted = people.filter(({ email }) => options.people || email)
  const outputs = [
    // Those who can be written to first; the order of the pages otherwise.
    ...wanted.filter(({ email }) => email),
    ...wanted.filter(({ email }) => !email),
  ].map(({ name, ...person }) =>
    observed(defined({ fullName: name, ...person, website, kind: 'person', company }), pages, at),
  )
  if (options.general)
    outputs.push(...general.map((address) => observed({ ...address, website, kind: 'general', company }, pages, at)))
  if (outputs.length > 0)
    return { status: 'done', outputs, ...(reading.leftOut > 0 && { reason: `${readingReport(reading)}.` }) }
  return { status: 'done', outputs, reason: nothing(reading, { people: people.length, general: general.length }) }
}

const answerFor = async (
  website: Website,
  options: Options,
  { fetchPage, signal, now }: BlockContext,
): Promise<Answer> => {
  try {
    const { maxPages, respectRobots } = options
    const answer = answerOf(
      await readSite(website, { maxPages, respectRobots, signal, fetchPage }),
      options,
      now().toISOString(),
    )
    const reason = [website.note, answer.reason].filter(Boolean).join(' ')
    return reason ? { ...answer, reason } : answer
  } catch (thrown) {
    if (thrown instanceof RobotsRefusal) return { status: 'skipped', outputs: [], reason: thrown.message }
    return failed(thrown)
  }
}

/** Runs `work` over all, so many at once. */
const eachOf = async <Part>(
  parts: readonly Part[],
  atOnce: number,
  work: (part: Part) => Promise<void>,
): Promise<void> => {
  const left = parts.values()
  const worker = async () => {
    for (const part of left) await work(part)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, parts.length) }, worker))
}

export const block: Block<typeof contract> = {
  contract,
  chunk: 16,
  run: async (items, options, context) => {
    const websites = items.map(({ value }) => parseWebsite(String(value.website ?? '')))
    const unique = new Map(websites.flatMap((website) => ('key' in website ? [[website.key, website]] : [])))
    const answers = new Map<string, Answer>()
    await eachOf([...unique.values()], CONCURRENCY, async (website) => {
      answers.set(website.key, await answerFor(website, options, context))
    })
    return items.map(({ index, value }, at): Result => {
      const website = websites[at]
      if (!website || 'problem' in website) {
        return {
          item: index,
          ...failed(
            new HubError('invalid_input', website?.problem ?? 'No website is given.', { advice: website?.advice }),
          ),
        }
      }
      const answer = answers.get(website.key) ?? failed(undefined)
      return {
        item: index,
        ...answer,
        outputs: answer.outputs.map((output) => ({ ...besides(value, contract.output), ...output })),
      }
    })
  },
}
