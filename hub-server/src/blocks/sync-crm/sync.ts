import type { Static } from 'typebox'
import { upsertRecords } from '../../capabilities/records.ts'
import type { Asked, BlockContext } from '../block.ts'
import { isRecord } from '../fields.ts'
import { lookUp, type Found } from './look-up.ts'
import { changedFields, only } from './record.ts'
import { saysTheSame } from './same.ts'
import { refusedBy, turnsOf, type KnownLink, type Place, type Work } from './work.ts'

type Values = Readonly<Record<string, unknown>>

/** What is sent for a work, and what is agreed beside it when the CRM has taken that. */
interface Sending {
  readonly work: Work
  /** The record in the CRM; absent: it is not there. */
  readonly id?: string
  readonly url?: string
  /** It was looked for. */
  readonly absent: boolean
  /** Names of the fields that differ. */
  readonly changed: readonly string[]
  /** Values that both sides have already. */
  readonly agreed: Values
}

/** A contact's company in the CRM, by id; what cannot be had is told by the works themselves. */
export type Companies = (works: readonly Work[]) => Promise<void>

/**
 * Brings records of the CRM up to date: of a linked one only what has changed here since both sides agreed, by its id;
 * any other is looked for first, then created, or brought to what differs. Each work gets its outcome.
 * @param findCompanies sees to the companies of contacts that are about to be written
 */
export const sync = async (
  works: readonly Work[],
  place: Place,
  context: BlockContext,
  findCompanies?: Companies,
): Promise<void> => {
  const pretended = new Map<string, KnownLink>()
  const parts: Parts = { place, context, pretended, ...(findCompanies && { findCompanies }) }
  for (const turn of turnsOf(works)) {
    const links = await linksOf(turn, parts)
    const linked = turn.filter((work) => links.has(work))
    const gone = await bringUp(linked, links, parts)
    const fresh = [...turn.filter((work) => !links.has(work)), ...gone]
    await findCompanies?.(fresh.filter(({ record }) => record.company))
    if (place.dryRun) await settleFresh(fresh, parts)
    else
      await context.locked(
        place.crm.id,
        fresh.map((work) => ({ work, names: work.names })),
        (alone) =>
          settleAlone(
            alone.map(({ work }) => work),
            parts,
          ),
      )
  }
}

interface Parts {
  readonly place: Place
  readonly context: BlockContext
  /** In a dry run: what would be linked by now, by name. */
  readonly pretended: Map<string, KnownLink>
  readonly findCompanies?: Companies
}

const linksOf = async (works: readonly Work[], { place, context, pretended }: Parts): Promise<Map<Work, KnownLink>> => {
  const subjects = works.flatMap(({ subject }) => subject ?? [])
  const known = await context.leads.linksOf(subjects, place.crm.connection, place.object)
  const found = works.map((work): [Work, KnownLink | undefined] => {
    const name = work.names.find((one) => pretended.has(one))
    if (name !== undefined) return [work, pretended.get(name)]
    return [work, work.subject ? known.get(work.subject) : undefined]
  })
  return new Map(found.flatMap(([work, link]) => (link ? [[work, link]] : [])))
}

/** What somebody else has linked while this waited for its turn is only brought up to date. */
const settleAlone = async (works: readonly Work[], parts: Parts): Promise<void> => {
  const links = await linksOf(works, parts)
  const gone = await bringUp(
    works.filter((work) => links.has(work)),
    links,
    parts,
  )
  await settleFresh([...works.filter((work) => !links.has(work)), ...gone], parts)
}

/** Linked records. @returns those that are no longer there */
const bringUp = async (works: readonly Work[], links: ReadonlyMap<Work, KnownLink>, parts: Parts): Promise<Work[]> => {
  const { place, findCompanies } = parts
  const baseOfLink = (work: Work): Values => links.get(work)?.base ?? {}
  await findCompanies?.(works.filter((work) => differing(work, baseOfLink(work), place).includes('company')))
  const sendings: Sending[] = []
  for (const work of works) {
    const link = links.get(work)
    if (!link) continue
    const changed = place.onlyCreate ? [] : differing(work, link.base, place)
    if (changed.length > 0) sendings.push({ work, id: link.record, absent: false, changed, agreed: link.base })
    else work.outcome = { did: 'unchanged', id: link.record, written: [] }
  }
  const gone = place.dryRun ? await foretellLinked(sendings, parts) : await update(sendings, parts)
  await forget(gone, links, parts)
  return gone
}

/** @returns those whose record was deleted */
const update = async (sendings: readonly Sending[], parts: Parts): Promise<Work[]> => {
  const answers = await send(sendings, parts)
  const isGone = (at: number): boolean => answers[at]?.error?.kind === 'not_found'
  const there = [...sendings.keys()].filter((at) => !isGone(at))
  await settle(
    there.flatMap((at) => sendings[at] ?? []),
    there.map((at) => answers[at]),
    parts,
  )
  return sendings.filter((_sending, at) => isGone(at)).map(({ work }) => work)
}

/** @returns those whose record was deleted */
const foretellLinked = async (sendings: readonly Sending[], parts: Parts): Promise<Work[]> => {
  const idOf = new Map(sendings.map(({ work, id }) => [work, id]))
  const answers = await lookUp([...idOf.keys()], parts.place, parts.context, (work) => idOf.get(work))
  const gone: Work[] = []
  for (const [at, sending] of sendings.entries()) {
    const answer = answers?.[at]
    if (answer?.error?.kind === 'not_found' || (answer?.status === 'done' && answer.outputs.length === 0))
      gone.push(sending.work)
    else if (answer?.error) sending.work.outcome = refusedBy(answer)
    else foretell(sending, parts)
  }
  return gone
}

const forget = async (
  gone: readonly Work[],
  links: ReadonlyMap<Work, KnownLink>,
  { place, context }: Parts,
): Promise<void> => {
  for (const work of gone) work.reason = `Its record ${links.get(work)?.record ?? ''} was deleted in ${place.crm.name}.`
  const records = gone.flatMap((work) => links.get(work)?.record ?? [])
  if (!place.dryRun && records.length > 0) await context.leads.dropLinks(place.crm.connection, place.object, records)
}

/** Records that are not linked yet. */
const settleFresh = async (works: readonly Work[], parts: Parts): Promise<void> => {
  if (works.length === 0) return
  const { place } = parts
  const answers = await lookUp(works, place, parts.context)
  const sendings: Sending[] = []
  const same: Sending[] = []
  for (const [at, work] of works.entries()) {
    const answer = answers?.[at]
    if (answers && (!answer || answer.error || answer.status !== 'done')) {
      work.outcome = refusedBy(answer)
      continue
    }
    const sending = toSend(work, answer?.outputs[0], answers !== null, place)
    if (sending.id !== undefined && (sending.changed.length === 0 || place.onlyCreate)) same.push(sending)
    else sendings.push(sending)
  }
  for (const { work, id, url } of same)
    work.outcome = { did: 'unchanged', written: [], ...(id !== undefined && { id }), ...(url !== undefined && { url }) }
  if (place.dryRun) {
    for (const sending of sendings) foretell(sending, parts)
    for (const sending of same) pretend(sending, {}, parts)
    return
  }
  await saveLinks(
    same.map((sending) => ({ ...sending, record: sending.id ?? '' })),
    parts,
  )
  await settle(sendings, await send(sendings, parts), parts)
}

const toSend = (work: Work, found: Found | undefined, looked: boolean, place: Place): Sending => {
  const all = { ...work.record.fields, ...work.record.custom }
  if (!found) return { work, absent: looked, changed: Object.keys(all), agreed: {} }
  const there = {
    ...found.fields,
    ...found.custom,
    ...(found.companyId !== undefined && { companyId: found.companyId }),
  }
  const changed = place.crm.companyIsRecord ? differing(work, there, place, true) : changedFields(work.record, there)
  const agreed = Object.fromEntries(Object.entries(all).filter(([name]) => !changed.includes(name)))
  return { work, id: found.id, absent: false, changed, agreed, ...(found.url !== undefined && { url: found.url }) }
}

/** Names of the fields that differ from what is there. A company that is a record differs when it is another record. */
const differing = ({ record, companyId }: Work, there: Values, { crm }: Place, byId = false): string[] => {
  const changed = changedFields(record, there)
  if (!crm.companyIsRecord || record.fields.company === undefined) return changed
  const others = changed.filter((name) => name !== 'company')
  const sameCompany = byId
    ? companyId !== undefined && companyId === there.companyId
    : there.companyId !== undefined && saysTheSame('company', record.fields.company, there.company)
  return sameCompany ? others : [...others, 'company']
}

type Input = Static<typeof upsertRecords.input>

const send = async (
  sendings: readonly Sending[],
  { place, context }: Parts,
): Promise<Asked<Static<typeof upsertRecords.output>>[]> => {
  if (sendings.length === 0) return []
  const inputs = sendings.map((sending) => inputOf(sending, place))
  return context.ask(upsertRecords, inputs, {
    providers: [place.crm.id],
    items: sendings.map(({ work }) => work.index),
  })
}

const inputOf = ({ work, id, absent, changed }: Sending, { crm, object }: Place): Input => {
  const together = crm.whole.filter((names) => names.some((name) => changed.includes(name))).flat()
  const { key, fields, custom } = only(work.record, [...changed, ...(id === undefined ? [] : together)])
  const { company, ...others } = fields
  const tied = crm.companyIsRecord && company !== undefined
  return {
    object,
    key,
    fields: tied ? others : fields,
    ...(Object.keys(custom).length > 0 && { custom }),
    ...(id !== undefined && { id }),
    ...(tied && work.companyId !== undefined && { companyId: work.companyId }),
    ...(id === undefined && absent && { absent: true }),
  }
}

type Upserted = Static<typeof upsertRecords.output>

/** A record that was there already is updated only where something of it was written. */
const didOf = ({ outcome }: Upserted, written: readonly string[]): 'created' | 'updated' | 'unchanged' => {
  if (outcome === 'created') return 'created'
  return written.length > 0 ? 'updated' : 'unchanged'
}

/** What the CRM made of it: what it took is agreed from now on, and nothing else. */
const settle = async (
  sendings: readonly Sending[],
  answers: readonly (Asked<Upserted> | undefined)[],
  parts: Parts,
): Promise<void> => {
  const { place } = parts
  const links: (Sending & { record: string; version?: string })[] = []
  for (const [at, sending] of sendings.entries()) {
    const { work, changed } = sending
    const answer = answers[at]
    const output = answer?.outputs[0]
    if (!output) {
      work.outcome = refusedBy(answer)
      continue
    }
    const sent = inputOf(sending, place)
    const values = {
      ...sent.fields,
      ...sent.custom,
      ...(sent.companyId !== undefined && { company: work.record.fields.company }),
    }
    const refused = [...(output.notWritten ?? []), ...contradicted(values, output.record, place)]
    const names = new Set(refused.map(({ field }) => field))
    const taken = Object.fromEntries(Object.entries(values).filter(([name]) => !names.has(name)))
    work.notWritten = [...work.notWritten, ...refused]
    const written = changed.filter((name) => name in taken)
    const url = output.url ?? sending.url
    work.outcome = { did: didOf(output, written), id: output.id, written, ...(url !== undefined && { url }) }
    links.push({
      ...sending,
      record: output.id,
      agreed: { ...sending.agreed, ...taken },
      ...(output.version !== undefined && { version: output.version }),
    })
  }
  await saveLinks(links, parts)
}

/** Fields of which the CRM's answer shows something else than was sent. */
const contradicted = (
  sent: Values,
  record: Static<typeof upsertRecords.output>['record'],
  { crm }: Place,
): { field: string; reason: string }[] => {
  if (!record) return []
  const there: Values = { ...record.fields, ...record.custom }
  return Object.entries(sent).flatMap(([field, value]) => {
    if (field === 'company' && crm.companyIsRecord) return []
    const kept = there[field]
    if (kept === undefined || kept === null)
      return record.whole ? [{ field, reason: `${crm.name} did not take it.` }] : []
    if (saysTheSame(field, value, kept)) return []
    return [{ field, reason: `${crm.name} keeps “${isRecord(kept) ? JSON.stringify(kept) : String(kept)}” there.` }]
  })
}

const saveLinks = async (
  links: readonly (Sending & { record: string; version?: string })[],
  { place, context }: Parts,
): Promise<void> => {
  const { connection } = place.crm
  const rows = links.flatMap(({ work, record, version, agreed }) =>
    work.subject === undefined || record === ''
      ? []
      : [
          {
            subject: work.subject,
            connection,
            object: place.object,
            record,
            base: baseOf(work, agreed),
            ...(version !== undefined && { version }),
          },
        ],
  )
  if (rows.length > 0) await context.leads.saveLinks(rows)
}

const baseOf = ({ companyId }: Work, agreed: Values): Record<string, unknown> => ({
  ...agreed,
  ...('company' in agreed && companyId !== undefined && { companyId }),
})

/** A dry run: what would be written. */
const foretell = (sending: Sending, parts: Parts): void => {
  const { work, id, url, changed } = sending
  work.outcome =
    id === undefined
      ? { did: 'would_create', written: changed }
      : { did: 'would_update', id, written: changed, ...(url !== undefined && { url }) }
  pretend(sending, { ...work.record.fields, ...work.record.custom }, parts)
}

const pretend = ({ work, id, agreed }: Sending, written: Values, { pretended }: Parts): void => {
  const link = {
    record: id ?? '',
    base: { ...baseOf(work, { ...agreed, ...written }), companyId: work.companyId ?? '' },
  }
  for (const name of work.names) pretended.set(name, link)
}
