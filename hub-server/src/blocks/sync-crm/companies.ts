import type { BlockContext } from '../block.ts'
import { except, type CrmRecord } from './record.ts'
import { sync, type Companies } from './sync.ts'
import { namesOf, type Place, type Work } from './work.ts'

/**
 * For CRMs in which the company of a contact is a record of its own: looks for it, or makes it, and gives the contacts
 * its id. A company that cannot be had is told, and the contact is written without it.
 */
export const companiesAt = (place: Place, context: BlockContext): Companies => {
  const companies: Place = { ...place, object: 'company', onlyCreate: true }
  return async (works) => {
    const open = works.filter(({ companyId, record }) => companyId === undefined && record.fields.company !== undefined)
    if (open.length === 0) return
    const domains = [...new Set(open.flatMap(({ record }) => record.company?.domain ?? []))]
    const subjects = await context.leads.companies(domains, place.dryRun)
    const made = new Map(
      domains.flatMap((domain): [string, Work][] => {
        const first = open.find(({ record }) => record.company?.domain === domain)
        if (!first) return []
        const subject = subjects.get(domain)
        const record: CrmRecord = {
          key: domain,
          fields: { name: first.record.company?.name ?? domain, domain },
          custom: {},
        }
        return [
          [
            domain,
            {
              index: first.index,
              record,
              notWritten: [],
              names: namesOf(companies, domain, subject),
              ...(subject !== undefined && { subject }),
            },
          ],
        ]
      }),
    )
    await withoutNotWritten([...made.values()], companies, context)
    await sync([...made.values()], companies, context)
    for (const work of open) tie(work, made.get(work.record.company?.domain ?? ''), place)
  }
}

/** Takes from works what the CRM does not write, and notes it. */
export const withoutNotWritten = async (
  works: readonly Work[],
  { crm, object }: Place,
  context: BlockContext,
): Promise<void> => {
  const said = await context.notWritten(
    crm.id,
    works.map(({ record: { key, fields, custom } }) => ({ object, key, fields, custom, companyId: 'any' })),
  )
  for (const [at, work] of works.entries()) {
    const left = said[at] ?? []
    work.record = except(
      work.record,
      left.map(({ field }) => field),
    )
    work.notWritten = [...work.notWritten, ...left]
  }
}

const tie = (work: Work, company: Work | undefined, { crm, dryRun }: Place): void => {
  const { outcome } = company ?? {}
  if (outcome && 'did' in outcome && (outcome.id !== undefined || dryRun)) {
    work.companyId = outcome.id
    return
  }
  const error = outcome && 'refused' in outcome ? outcome.refused.error : undefined
  const reason =
    error?.message ?? `${crm.name} ties a contact to its company, and this one has no website or domain to be found by.`
  work.record = except(work.record, ['company'])
  work.notWritten = [...work.notWritten, { field: 'company', reason }]
}
