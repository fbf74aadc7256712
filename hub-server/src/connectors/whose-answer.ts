import { createHash } from 'node:crypto'
import type { Connector } from './compiled/connector.ts'

/** What an answer depends on beside the service and the question. */
export interface AnswerGround {
  /** Another account would be answered otherwise: only who asks by the same one may have the answer. */
  readonly isOfAccount: boolean
  /** Of a user's own connector: another description of the operation would read another answer. */
  readonly description?: string
}

const known = new WeakMap<Connector, Map<string, AnswerGround>>()

/**
 * What the answers of an operation depend on, told from its description alone. They are the account's own where the
 * account has a say in them:
 * - the capability's answers are never kept for others: records, rows, lists and forms of the account, or an act;
 * - the account works out the address of a server (`servers: { default: =url }`), or a token names it;
 * - the operation names a field of the account ($account.tenant), or what came with its token ($token.extra);
 * - every request carries a field of the account.
 *
 * Fields that are secret, and the token itself, do not count in the last two: they let in, the others choose something.
 *
 * All others are the same for whoever asks the service, such as whether an address takes mail, and are shared within
 * the workspace. A connector that comes with the hub is known by its id, so that an upgrade pays for nothing again;
 * under the id of a user's own another service may stand tomorrow.
 */
export const groundOf = (connector: Connector, operation: string): AnswerGround => {
  const grounds = known.get(connector) ?? new Map<string, AnswerGround>()
  known.set(connector, grounds)
  const before = grounds.get(operation)
  if (before) return before
  const fresh = workedOut(connector, operation)
  grounds.set(operation, fresh)
  return fresh
}

const workedOut = (connector: Connector, key: string): AnswerGround => {
  const { manifest, builtIn } = connector
  const operation = connector.operations.get(key)
  const described = JSON.stringify(operation?.manifest ?? {})
  const isOfAccount =
    operation?.capability.expiryDays === 0 ||
    Object.values(manifest.servers).some((address) => isByAccount(address, Object.keys(manifest.auth.fields))) ||
    isChoosing(described, manifest.auth.fields) ||
    sendsChoice(manifest.auth)
  if (builtIn) return { isOfAccount }
  const { servers, auth, errors, maps, tables } = manifest
  return { isOfAccount, description: digestOf([described, servers, auth, errors, maps, tables]) }
}

type Auth = Connector['manifest']['auth']

/** Whether JSONata in it names of the account what does not only let in. */
const isChoosing = (text: string, fields: Auth['fields']): boolean =>
  [...text.matchAll(/\$(account|token)\b(?:\.(\w+))?/g)].some(([, whose, name = '']) =>
    whose === 'token' ? name !== 'access' : !fields[name]?.secret,
  )

/** Literal addresses are by nobody, and one that only earlier steps' answers tell is by the service. */
const isByAccount = (address: string, fields: readonly string[]): boolean => {
  if (!address.startsWith('=') && !address.includes('{')) return false
  return !/\$steps\b/.test(address) || /\$(?:account|token)\b/.test(address) || isNaming(address, fields)
}

const sendsChoice = ({ fields, send = {} }: Auth): boolean => {
  const sent = JSON.stringify(send)
  const open = Object.entries(fields).flatMap(([name, { secret }]) => (secret ? [] : [name]))
  return isNaming(sent, open) || isChoosing(sent, fields)
}

const isNaming = (text: string, fields: readonly string[]): boolean => {
  const words = new Set(text.match(/[A-Za-z_]\w*/g))
  return fields.some((field) => words.has(field))
}

const digestOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('base64url')
