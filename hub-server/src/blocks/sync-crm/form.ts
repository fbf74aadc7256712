import type { Static } from 'typebox'
import type { describeFields } from '../../capabilities/records.ts'
import { isRecord } from '../fields.ts'

/** A field as the CRM describes it. */
export type Described = Static<typeof describeFields.output>

/** A value as the CRM's field takes it, or why it does not. */
export type Formed = { readonly value: unknown } | { readonly reason: string }

/**
 * A value for a field of the CRM's own, in the form that its kind wants: the options of a choice by their values,
 * several as a list, numbers as numbers. The connector writes a list as its vendor does.
 * @param described of all fields of the account; undefined where the CRM does not describe them
 */
export const inForm = (
  name: string,
  value: unknown,
  described: readonly Described[] | undefined,
  crm: string,
): Formed => {
  if (!described) return { value: asText(value) }
  const field = described.find((one) => one.name === name)
  if (!field) return { reason: `${crm} has no field “${name}” in this account.` }
  if (!field.writable) return { reason: `${crm} does not let “${field.label}” be written.` }
  if (field.type === 'choices') return chosen(field, listOf(value), crm, (options) => options)
  if (field.type === 'choice') return chosen(field, [value], crm, ([option]) => option)
  if (field.type === 'number') return asNumber(field, value, crm)
  return { value: asText(value) }
}

const listOf = (value: unknown): unknown[] => {
  if (Array.isArray(value)) return value
  return typeof value === 'string' ? value.split(';').map((part) => part.trim()) : [value]
}

const chosen = (
  { label, options = [] }: Described,
  wanted: readonly unknown[],
  crm: string,
  shape: (values: (string | number)[]) => unknown,
): Formed => {
  // Where the CRM names no options, they cannot be checked here.
  if (options.length === 0) return { value: shape(wanted.map(String)) }
  const values: (string | number)[] = []
  for (const one of wanted) {
    const text = String(one).trim().toLowerCase()
    const option = options.find((known) =>
      [known.value, known.label].some((word) => String(word).toLowerCase() === text),
    )
    if (!option) {
      const some = options
        .slice(0, 10)
        .map((known) => known.label)
        .join(', ')
      return { reason: `“${label}” of ${crm} has no option “${String(one)}”, but: ${some}.` }
    }
    values.push(option.value)
  }
  return { value: shape(values) }
}

const asNumber = ({ label }: Described, value: unknown, crm: string): Formed => {
  const number = typeof value === 'string' ? Number(value.trim() || NaN) : value
  return typeof number === 'number' && Number.isFinite(number)
    ? { value: number }
    : { reason: `“${label}” of ${crm} takes one number, and “${String(asText(value))}” is none.` }
}

/** A text field holds a list as lines. */
export const asText = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(String).join('\n')
  return isRecord(value) ? JSON.stringify(value) : value
}
