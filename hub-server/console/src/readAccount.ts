import type { AccountInput, Connector } from './types.ts'

/** What is wrong with single fields, by the field's name. */
export type Faults = Readonly<Record<string, string>>

/** The prefix keeps a connector's field called “name” apart from the account's own name. */
export const fieldName = (name: string): string => `field.${name}`
export const nameOfAccount = 'account'

const textIn = (form: FormData, name: string): string => {
  const value = form.get(name)
  // Pasted keys often bring a space or a line's end along.
  return typeof value === 'string' ? value.trim() : ''
}

/** What a person filled in, and what they still have to. Fields left empty are not sent. */
export const readAccount = ({ id, auth }: Connector, form: FormData): { input: AccountInput; missing: Faults } => {
  const filled = auth.fields.map((field) => ({ ...field, value: textIn(form, fieldName(field.name)) }))
  const name = textIn(form, nameOfAccount)
  return {
    input: {
      connector: id,
      ...(name && { name }),
      fields: Object.fromEntries(filled.filter(({ value }) => value).map((field) => [field.name, field.value])),
    },
    missing: Object.fromEntries(
      filled.filter(({ value, optional }) => !value && !optional).map((field) => [field.name, `${field.label} is missing: please fill it in.`]),
    ),
  }
}
