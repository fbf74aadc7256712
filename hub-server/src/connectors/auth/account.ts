import { HubError } from '../../contracts/errors.ts'
import type { Connector, TokenWay } from '../compiled/connector.ts'
import type { Account } from '../port/types.ts'

/**
 * The account's fields with the connector's defaults filled in.
 * @throws HubError invalid_input naming the fields that are missing or not among the choices
 */
export const fieldsOf = (connector: Connector, account: Account): Record<string, string> => {
  const { fields } = connector.manifest.auth
  const filled: Record<string, string> = {}
  for (const [name, field] of Object.entries(fields)) if (field.default !== undefined) filled[name] = field.default
  Object.assign(filled, account.fields)
  const wrong = Object.entries(fields).flatMap(([name, { label, optional, choices, if: condition }]) => {
    if (!holds(condition, filled)) return []
    const value = filled[name] ?? ''
    if (value === '') return optional ? [] : [{ path: `/fields/${name}`, message: `${label} is missing` }]
    return choices && !choices.includes(value)
      ? [{ path: `/fields/${name}`, message: `${label} is none of: ${choices.join(', ')}` }]
      : []
  })
  if (wrong.length === 0) return filled
  throw new HubError(
    'invalid_input',
    `The ${connector.manifest.name} account is not complete: ${wrong.map((one) => one.message).join('; ')}.`,
    {
      advice: 'Open the connection and fill in what is missing.',
      provider: connector.id,
      fields: wrong,
    },
  )
}

/** Whether an account's fields have the values that an "if" of the manifest names; without one it holds. */
export const holds = (
  condition: Readonly<Record<string, string>> | undefined,
  fields: Readonly<Record<string, string>>,
): boolean => Object.entries(condition ?? {}).every(([name, value]) => fields[name] === value)

/** The way in which an account gets its token; undefined where it needs none. */
export const tokenWayOf = (connector: Connector, fields: Readonly<Record<string, string>>): TokenWay | undefined =>
  connector.compiled.tokens.find((way) => holds(way.manifest.if, fields))
