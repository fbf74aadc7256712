import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Mode } from '../../contracts/scope.ts'
import type { Actor } from '../rights/caller.ts'

/** What somebody did, or tried to. */
export interface AuditEntry {
  readonly workspace: string
  /** Null: of the workspace as a whole. */
  readonly mode: Mode | null
  readonly actor: Actor
  /** Where it came from; empty where nobody asked over the network. */
  readonly address: string
  /** subject.happened for what is not a request; else the route: POST /v1/leads/{id}/merge. */
  readonly action: string
  /** Id of what it was done to. */
  readonly subject?: string
  /** `unknown`: the hub ended before it was over. */
  readonly outcome: 'done' | 'refused' | 'failed' | 'unknown'
  /** Names of fields, counts, and values that are neither personal nor secret. */
  readonly details: Readonly<Record<string, unknown>>
}

export interface KeptEntry extends AuditEntry {
  /** 1, 2, 3 … without a gap, in each workspace. */
  readonly seq: number
  readonly at: Date
  /** The seal of the entry before; empty for the first. */
  readonly before: string
  /** `v1.<key id>.<HMAC>` over the entry and `before`. */
  readonly seal: string
}

export interface SealKey {
  readonly id: string
  readonly key: Uint8Array
}

export const sealKeyOf = (key: Uint8Array): SealKey => ({
  id: createHash('sha256').update(key).digest('base64url').slice(0, 8),
  key,
})

/** The same text for the same value: jsonb keeps no order of fields. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`
}

const textOf = (entry: Omit<KeptEntry, 'seal'>): string => {
  const { workspace, seq, at, mode, actor, address, action, subject = null, outcome, details, before } = entry
  return canonical([before, workspace, seq, at.toISOString(), mode, actor, address, action, subject, outcome, details])
}

/**
 * Nobody who can write to the database, and not read the key, makes one: what he changes shows.
 * @param entry as it is kept
 */
export const sealOf = (entry: Omit<KeptEntry, 'seal'>, { id, key }: SealKey): string =>
  `v1.${id}.${createHmac('sha256', key).update(textOf(entry)).digest('base64url')}`

/** Whether an entry is as it was written; undefined where the key that sealed it is not there any more. */
export const isSealed = ({ seal, ...entry }: KeptEntry, keys: readonly SealKey[]): boolean | undefined => {
  const [version, id] = seal.split('.')
  if (version !== 'v1') return false
  const key = keys.find((one) => one.id === id)
  if (!key) return undefined
  const [one, other] = [Buffer.from(seal), Buffer.from(sealOf(entry, key))]
  return one.length === other.length && timingSafeEqual(one, other)
}
