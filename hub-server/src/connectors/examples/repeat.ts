/**
 * A value with its repetitions written out: an entry {"$repeat": 3, "of": {"email": "a{n}@x.example"}} of a list
 * becomes three, numbered from 0, or from what "$from" says; "$reverse": true numbers them backwards.
 */
export const expand = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.flatMap((one) => (isRepeat(one) ? repeated(one) : [expand(one)]))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, isRepeat(one) ? repeated(one) : expand(one)]),
    )
  return value
}

/** The most entries that a repetition stands for. Those of ours have 2,000. */
const mostRepeated = 10_000

interface Repeat {
  readonly $repeat: number
  readonly $reverse?: boolean
  readonly $from?: number
  readonly of: unknown
}

const isRepeat = (value: unknown): value is Repeat =>
  typeof value === 'object' &&
  value !== null &&
  '$repeat' in value &&
  typeof value.$repeat === 'number' &&
  'of' in value

const repeated = ({ $repeat, $reverse, $from = 0, of }: Repeat): unknown[] => {
  if ($repeat > mostRepeated) throw new Error(`"$repeat" is at most ${mostRepeated}`)
  const numbers = Array.from({ length: $repeat }, (_, number) => number + $from)
  return ($reverse ? numbers.reverse() : numbers).map((number) => filled(of, String(number)))
}

const filled = (value: unknown, number: string): unknown => {
  if (typeof value === 'string') return value.replaceAll('{n}', number)
  if (Array.isArray(value)) return value.map((one) => filled(one, number))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filled(one, number)]))
  return value
}
