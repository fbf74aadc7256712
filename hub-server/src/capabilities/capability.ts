import { Type, type Static, type TSchema } from 'typebox'

/** read and upsert may be repeated; a send whose outcome is unknown never is. */
export type Effect = 'read' | 'upsert' | 'send'

/** The addresses that a person can be reached at, as they were given: not normalised, perhaps not even addresses. */
export interface Reach {
  readonly email?: string
  readonly emails?: readonly string[]
  readonly phone?: string
  /** Address of the LinkedIn profile. */
  readonly linkedin?: string
  /** Of the company that the person is at. */
  readonly domain?: string
}

/** One thing an outside service can do, with one input and one output shape whoever does it. */
export interface Capability<Input extends TSchema = TSchema, Output extends TSchema = TSchema> {
  readonly name: string
  /** The shelf that its connectors stand on; absent where it only helps another capability along. */
  readonly group?:
    'Find' | 'Scrape' | 'Verify' | 'Enrich' | 'CRM' | 'Reach' | 'Audience' | 'Rows' | 'Analytics' | 'Text'
  readonly description: string
  readonly effect: Effect
  /** Days that an answer may be served from the cache; 0 = never cached. Misses are kept too. */
  readonly expiryDays: number
  /**
   * Where each kind has an operation of its own, such as `upsertRecords.contact`: the input's field that says which,
   * and the kinds.
   */
  readonly variants?: { readonly field: string; readonly names: readonly string[] }
  readonly input: Input
  readonly output: Output
  /**
   * The part of the input that says what is asked about, normalised: the same key is never asked for twice at once,
   * and a batch's answers are matched by it. Shape: a string, lower case where the vendor does not care.
   */
  readonly key: (input: Static<Input>) => string
  /**
   * Whom an input is about, where it is about people: one who is suppressed is neither written to nor looked up for
   * money.
   */
  readonly person?: (input: Static<Input>) => Reach | undefined
}

export const capability = <Input extends TSchema, Output extends TSchema>(
  parts: Capability<Input, Output>,
): Capability<Input, Output> => parts

/** Which of its variants an input asks for; undefined where the capability has none. */
export const variantOf = ({ variants }: Pick<Capability, 'variants'>, input: unknown): string | undefined => {
  if (!variants || !input || typeof input !== 'object') return undefined
  const value: unknown = Reflect.get(input, variants.field)
  return value === undefined ? undefined : String(value)
}

const keyOf = (value: unknown, ofText: (text: string) => string): string =>
  JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'string') return ofText(inner)
    return inner && typeof inner === 'object' && !Array.isArray(inner) ? sortedByName(inner) : inner
  })

const sortedByName = (map: object): object =>
  Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)))

/**
 * A stable key of any JSON value: the same content gives the same text, whatever the order of its keys and the case of
 * its letters.
 */
export const stableKey = (value: unknown): string => keyOf(value, (text) => text.trim().toLowerCase())

/** The same for what upper and lower case tell apart: addresses of pages, texts. */
export const exactKey = (value: unknown): string => keyOf(value, (text) => text)

/** How sure the vendor is of its answer, where it says so. */
export const Confidence = Type.Optional(
  Type.Number({ minimum: 0, maximum: 1, description: 'The chance that the answer is right, where the vendor says so' }),
)
