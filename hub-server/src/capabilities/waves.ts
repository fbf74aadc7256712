import { stableKey, type Capability } from './capability.ts'

/** An input, and where it stands in the request. */
export interface Entry {
  readonly position: number
  readonly input: unknown
}

/** One thing to be done, and all the positions that it is for. */
export interface Unit {
  /** What tells it from the others of its wave. */
  readonly key: string
  readonly input: unknown
  readonly positions: readonly number[]
}

/**
 * What is to be done, in waves that go one after the other. Equal questions are one; values for one record are written
 * one after the other, so that the last stays, equal ones once; of messages each is one of its own.
 */
export const wavesOf = (capability: Capability, entries: readonly Entry[]): Unit[][] => {
  const { effect } = capability
  const keyOf = ({ position, input }: Entry): string => (effect === 'send' ? String(position) : capability.key(input))
  const byRecord = [...Map.groupBy(entries, keyOf)].map(([key, given]) =>
    effect === 'upsert' ? inTurn(given) : [unitOf(key, given)],
  )
  const most = Math.max(0, ...byRecord.map((units) => units.length))
  return Array.from({ length: most }, (_, wave) => byRecord.flatMap((units) => units[wave] ?? []))
}

/** What is written to one record: what comes twice in a row is written once. */
const inTurn = (entries: readonly Entry[]): Unit[] => {
  const turns: Entry[][] = []
  for (const entry of entries) {
    const last = turns.at(-1)
    if (last?.[0] && stableKey(last[0].input) === stableKey(entry.input)) last.push(entry)
    else turns.push([entry])
  }
  return turns.map((equal) => unitOf(stableKey(equal[0]?.input), equal))
}

const unitOf = (key: string, entries: readonly Entry[]): Unit => ({
  key,
  input: entries[0]?.input,
  positions: entries.map(({ position }) => position),
})
