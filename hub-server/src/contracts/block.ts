import { Type, type Static, type TObject, type TSchema } from 'typebox'
import { Id, ListOf, Real } from './bounded.ts'

/**
 * One step that a person drags, as every door shows it. The schemas are the form: `title` is a field's label,
 * `description` its help, `default` and `examples` what stands in it, `x-form` how it is drawn. Doors are made from
 * this and from nothing else.
 */
export interface BlockContract<Item extends TObject = TObject, Options extends TObject = TObject> {
  /** Kebab-case, e.g. verify-email. */
  readonly id: string
  /** Title Case, e.g. Verify Email. */
  readonly name: string
  /** One sentence, what it does for the person. */
  readonly description: string
  /** What the block reads of each item. All other fields of an item are carried along to its outputs. */
  readonly item: Item
  readonly options: Options
  /** What the block adds to an item's fields in each output. */
  readonly output: TSchema
  /** Its outputs are about others than the item: of the item they get no field that they might have of their own. */
  readonly others?: true
  /** Without these an item cannot be worked on. */
  readonly needs?: readonly Need[]
  /** What who has it run must be allowed beside running: access/rights/permissions.ts. */
  readonly permissions?: readonly ('messages.send' | 'leads.read')[]
  /** The field of an output that says what came of its item, e.g. verdict: its values are counted over a run. */
  readonly counted?: string
}

/** At least one of these fields, where the options have one of these values. */
export interface Need {
  readonly oneOf: readonly string[]
  readonly when?: Readonly<Record<string, readonly string[]>>
}

export type ItemOf<Contract extends BlockContract> = Static<Contract['item']>
export type OptionsOf<Contract extends BlockContract> = Static<Contract['options']>

/** How a door draws a field, where its JSON type does not say it. */
export type FormHint =
  | { kind: 'lines'; placeholders?: true }
  // Fields of the lead may stand in it, as [[firstName]].
  | { kind: 'line'; placeholders: true }
  | { kind: 'providers'; capability: string | ByOption }
  | { kind: 'mapping' }
  | { kind: 'rules' }
  | { kind: 'choice'; labels: Record<string, string> }
  | { kind: 'choices'; labels: Record<string, string> }
  | { kind: 'json' }

/**
 * The capability whose services are listed, where another option decides: that option's name, and the capability for
 * each of its values. One that is divided is named with its kind: sendMessage.sms.
 */
export interface ByOption {
  option: string
  of: Record<string, string>
}

interface Shown {
  title: string
  description: string
  advanced?: boolean
  /** Another option, and its values for which this field means something; a door hides it for the others. */
  shownFor?: Record<string, readonly string[]>
}

const hint = ({ advanced, shownFor, ...shown }: Shown, form?: FormHint) => ({
  ...shown,
  ...(form && { 'x-form': form }),
  ...(advanced && { 'x-advanced': true }),
  ...(shownFor && { 'x-shown-for': shownFor }),
})

/** A choice of one, drawn as a list. `labels` maps each value to what a person reads. */
export const choice = <Value extends string>(
  labels: Record<Value, string>,
  shown: Shown & { default: NoInfer<Value> },
) => Type.Unsafe<Value>({ type: 'string', enum: Object.keys(labels), ...hint(shown, { kind: 'choice', labels }) })

/** A choice of several. */
export const choices = <Value extends string>(
  labels: Record<Value, string>,
  shown: Shown & { default: NoInfer<Value>[] },
) =>
  Type.Unsafe<Value[]>({
    type: 'array',
    items: { type: 'string', enum: Object.keys(labels) },
    uniqueItems: true,
    maxItems: Object.keys(labels).length,
    ...hint(shown, { kind: 'choices', labels }),
  })

/** The options that every block that asks outside services has. */
export const askOptions = (capability: string | ByOption) => ({
  providers: ListOf(Id(), {
    maxItems: 100,
    ...hint(
      {
        title: 'Providers',
        description: 'Which services to ask, in this order. Empty: every connected one, the cheapest first',
      },
      { kind: 'providers', capability },
    ),
    default: [],
  }),
  maxAgeDays: Type.Integer({
    ...hint({
      title: 'Use Answers Up To (Days)',
      description:
        'An answer that was paid for before is used again if it is not older than this. 0: always ask anew, and ' +
        'keep nothing',
      advanced: true,
    }),
    minimum: 0,
    maximum: 3650,
    default: 30,
  }),
  maxPrice: Type.Optional(
    Real({
      ...hint({
        title: 'Highest Price per Item (USD)',
        description: 'Providers that cost more are passed over',
        advanced: true,
      }),
      minimum: 0,
      maximum: 1_000_000,
    }),
  ),
  raw: Type.Boolean({
    ...hint({ title: 'Include Raw Answers', description: 'Whether to add the services’ own answers', advanced: true }),
    default: false,
  }),
})
export const shown = hint
