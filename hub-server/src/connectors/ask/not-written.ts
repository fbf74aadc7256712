import type { NotWritten } from '../../capabilities/records.ts'
import type { Connector, Operation } from '../compiled/connector.ts'
import { openSession } from '../auth/session.ts'
import { asList } from '../expressions/truth.ts'
import type { ItemAnswer, PerformInput } from '../port/types.ts'

type Values = Readonly<Record<string, unknown>>

/**
 * The fields of a record that the connector does not write, and why: the vendor has no field for them, or does not take
 * the value. Nothing is asked.
 * @param account the connection's fields
 */
export const notWrittenOf = async (
  connector: Connector,
  { notWritten }: Operation,
  item: unknown,
  account: Readonly<Record<string, string>>,
): Promise<NotWritten[]> => {
  if (!notWritten || !isValues(item)) return []
  const said: unknown = await notWritten.evaluate(item, { item, account })
  return asList(said).flatMap((one) => {
    if (typeof one === 'string') return [{ field: one, reason: `${connector.manifest.name} has no field for this.` }]
    if (!isValues(one) || typeof one.field !== 'string' || typeof one.reason !== 'string') return []
    return [{ field: one.field, reason: one.reason }]
  })
}

/**
 * Writes records without the fields that are not written, and says which those are. A known record of which nothing is
 * left to write is not asked about.
 */
export const performWritten = async (
  input: PerformInput,
  operation: Operation,
  perform: (input: PerformInput) => Promise<ItemAnswer[]>,
): Promise<ItemAnswer[]> => {
  const { fields } = openSession(input.connector, input.account, input.send)
  const left = await Promise.all(input.items.map((item) => notWrittenOf(input.connector, operation, item, fields)))
  const items = input.items.map((item, at) => without(item, left[at] ?? []))
  const open = items.flatMap((item, at) => (nothingToWrite(item) ? [] : [at]))
  const answers = await perform({ ...input, items: open.map((at) => items[at]) })
  return items.map((item, at): ItemAnswer => {
    const answer = answers[open.indexOf(at)]
    if (answer) return { ...answer, outputs: answer.outputs.map((output) => told(output, left[at] ?? [])) }
    const id = isValues(item) ? item.id : undefined
    return { outputs: [told({ id, outcome: 'unchanged' }, left[at] ?? [])], credits: 0 }
  })
}

const isValues = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const without = (item: unknown, left: readonly NotWritten[]): unknown => {
  if (left.length === 0 || !isValues(item)) return item
  const names = new Set(left.map(({ field }) => field))
  const pick = (values: unknown): unknown =>
    isValues(values) ? Object.fromEntries(Object.entries(values).filter(([name]) => !names.has(name))) : values
  return { ...item, fields: pick(item.fields), ...(item.custom !== undefined && { custom: pick(item.custom) }) }
}

const nothingToWrite = (item: unknown): boolean =>
  isValues(item) &&
  item.id !== undefined &&
  item.companyId === undefined &&
  [item.fields, item.custom].every(
    (values) => values === undefined || (isValues(values) && Object.keys(values).length === 0),
  )

const told = (output: unknown, left: readonly NotWritten[]): unknown => {
  if (left.length === 0 || !isValues(output)) return output
  return { ...output, notWritten: [...left, ...asList(output.notWritten)] }
}
