import type { Static } from 'typebox'
import { readRecords, searchRecords } from '../../capabilities/records.ts'
import type { Asked, BlockContext } from '../block.ts'
import type { Place, Work } from './work.ts'

export type Found = Static<typeof readRecords.output>

/**
 * Looks for the records of works: by id where one is given, else by their keys; in batches where the CRM has them.
 * @returns for each work the answer, in their order; null where the CRM can only be written to
 */
export const lookUp = async (
  works: readonly Work[],
  place: Place,
  { ask }: BlockContext,
  idOf: (work: Work) => string | undefined = () => undefined,
): Promise<Asked<Found>[] | null> => {
  const { crm, object } = place
  if (works.length === 0) return []
  const options = { providers: [crm.id], items: works.map(({ index }) => index) }
  if (crm.can(`readRecords.${object}`)) {
    const questions = works.map((work) => {
      const { key, fields, custom } = work.record
      const [id, names] = [idOf(work), Object.keys(custom)]
      const { name } = fields
      return {
        object,
        key,
        ...(id !== undefined && { id }),
        ...(typeof name === 'string' && { name }),
        ...(names.length > 0 && { custom: names }),
      }
    })
    return ask(readRecords, questions, options)
  }
  if (!crm.can(`searchRecords.${object}`)) return null
  const field = object === 'contact' ? 'email' : 'domain'
  const questions = works.map(({ record: { key, custom } }) => ({
    object,
    where: [{ field, is: 'equal' as const, value: key }],
    custom: Object.keys(custom),
    limit: 1,
  }))
  return ask(searchRecords, questions, options)
}
