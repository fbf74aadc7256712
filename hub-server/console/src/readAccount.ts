import type { AccountInput, AuthField, Connector } from './types.ts'

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

/** The fields that are asked for, given what is chosen in the form so far (or, before, what is set). */
export const askedFields = (
  { auth }: Connector,
  chosen: (name: string) => string | undefined,
): readonly AuthField[] => {
  const value = (name: string) => chosen(name) ?? auth.fields.find((field) => field.name === name)?.default
  return auth.fields.filter((field) => Object.entries(field.if ?? {}).every(([name, wanted]) => value(name) === wanted))
}

/** The person's own app at a vendor is asked for once, for all accounts there. */
export const isOfApp = (name: string): boolean => name === 'clientId' || name === 'clientSecret'

/** What a person filled in, and what they still have to. Fields left empty are not sent. */
export const readAccount = (connector: Connector, form: FormData): { input: AccountInput; missing: Faults } => {
  const filled = askedFields(connector, (field) => textIn(form, fieldName(field)) || undefined).map((field) => ({
    ...field,
    value: textIn(form, fieldName(field.name)),
  }))
  const name = textIn(form, nameOfAccount)
  return {
    input: {
      connector: connector.id,
      ...(name && { name }),
      fields: Object.fromEntries(filled.filter(({ value }) => value).map((field) => [field.name, field.value])),
    },
    missing: Object.fromEntries(
      filled
        .filter(
          ({ name, value, optional }) => !value && !optional && !(connector.auth.consent?.hasApp && isOfApp(name)),
        )
        .map((field) => [field.name, `${field.label} is missing: please fill it in.`]),
    ),
  }
}
