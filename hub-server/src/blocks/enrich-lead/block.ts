import { enrichCompany } from '../../capabilities/enrichCompany.ts'
import { enrichPerson } from '../../capabilities/enrichPerson.ts'
import { findEmail } from '../../capabilities/findEmail.ts'
import type { Result } from '../../contracts/result.ts'
import type { Block } from '../block.ts'
import { contract } from './contract.ts'
import { mailProvider } from './keys.ts'
import { begin } from './merge.ts'
import { ofAddress, ofCompany, ofPerson } from './steps.ts'
import { waterfall, type Work } from './waterfall.ts'

/** Providers one after the other: each is asked only for the leads that still miss something it may know. */
export const block: Block<typeof contract> = {
  contract,
  chunk: 200,
  run: async (items, options, context) => {
    const works: Work[] = items.map(({ index, value }) => ({
      index,
      state: begin(value, options.want, options.overwrite),
      asked: 0,
      answered: false,
      stopped: false,
      raw: {},
    }))
    await waterfall(works, enrichPerson, options, context, ofPerson)
    await waterfall(works, findEmail, options, context, ofAddress)
    await waterfall(works, enrichCompany, options, context, ofCompany)
    return works.map((work) => resultOf(work, options.raw))
  },
}

const resultOf = (work: Work, raw: boolean): Result => {
  const { index: item, state, stuck, answered, error } = work
  const { lead, enrichedBy, missing, notTaken, dropped } = state
  if (work.stopped) return { item, status: 'pending', outputs: [] }
  // Somebody else may have known it; a budget that is used up would have asked on.
  if (missing.length > 0 && stuck && (!answered || stuck.kind === 'over_budget'))
    return { item, status: 'failed', outputs: [], error: stuck }
  if (Object.keys(enrichedBy).length === 0 && missing.length > 0 && error)
    return { item, status: 'failed', outputs: [], error }
  const reason = reasonOf(work)
  const output = {
    ...lead,
    enrichedBy,
    missing,
    ...(notTaken.length > 0 && { notTaken }),
    ...(dropped.length > 0 && { dropped }),
  }
  return { item, status: 'done', outputs: [output], ...(reason && { reason }), ...(raw && { raw: work.raw }) }
}

/** What is missing, and what a service said that does not go with the lead, in sentences. */
const reasonOf = ({ asked, error, state: { lead, missing, notTaken } }: Work): string | undefined => {
  const provider = missing.some((field) => field.startsWith('company.')) ? mailProvider(lead) : undefined
  const sentences = [
    ...(missing.length === 0 ? [] : [asked === 0 && !error ? tooLittle : `Nobody knew: ${missing.join(', ')}.`]),
    ...(provider ? [`Anybody can have a mailbox at ${provider}, so it says nothing of a company.`] : []),
    ...notTaken.map(({ source, reason }) => `Not taken from ${source}: ${reason}.`),
  ]
  return sentences.length > 0 ? sentences.join(' ') : undefined
}

const tooLittle =
  'Too little is known about this lead to ask anybody: give an e-mail, a LinkedIn address, or a name with a website.'
