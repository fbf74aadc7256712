import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

/** A difference that is meant to be, with its reason. */
export interface Allowed {
  readonly connector: string
  /** Name of the job; without it: in all of the connector's. */
  readonly job?: string
  /** As in a {@link Difference}. */
  readonly at: string
  readonly reason: string
}

const textOf = (entry: object, name: string): string => {
  const value: unknown = Reflect.get(entry, name)
  if (typeof value === 'string' && value.trim() !== '') return value
  throw new Error(`allowed.yaml: an entry has no "${name}": ${JSON.stringify(entry)}`)
}

/** The entries of allowed.yaml. @throws when one is not complete */
export const readAllowed = (): Allowed[] => {
  const content: unknown = parse(readFileSync(new URL('./allowed.yaml', import.meta.url), 'utf8'))
  if (!Array.isArray(content)) throw new Error('allowed.yaml is not a list.')
  return content.map((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null)
      throw new Error(`allowed.yaml: ${JSON.stringify(entry)} is no entry.`)
    const job: unknown = Reflect.get(entry, 'job')
    return {
      connector: textOf(entry, 'connector'),
      at: textOf(entry, 'at'),
      reason: textOf(entry, 'reason'),
      ...(typeof job === 'string' && { job }),
    }
  })
}

/** The entry that speaks of a difference, if one does. */
export const allowanceFor = (
  allowed: readonly Allowed[],
  connector: string,
  job: string,
  at: string,
): Allowed | undefined =>
  allowed.find((entry) => entry.connector === connector && (entry.job ?? job) === job && entry.at === at)
