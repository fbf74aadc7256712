import type { BlockContract } from '../../contracts/block.ts'
import { HubError } from '../../contracts/errors.ts'

/** Fields of which an item needs one at least; each of the lists for itself. */
export type Needs = readonly (readonly string[])[]

/** What a block needs of its items, with these options. */
export const needsOf = ({ needs = [] }: Pick<BlockContract, 'needs'>, options: Record<string, unknown>): Needs =>
  needs
    .filter(({ when = {} }) =>
      Object.entries(when).every(([name, values]) => values.some((value) => value === options[name])),
    )
    .map(({ oneOf }) => oneOf)

/**
 * @param taken the names under which the file's columns go into the items
 * @throws HubError invalid_input where no column is taken for something that the block needs: nothing could be worked
 * on
 */
export const requireNeeded = (needs: Needs, columns: readonly string[], taken: ReadonlySet<string>): void => {
  const missing = needs.find((oneOf) => !oneOf.some((field) => taken.has(field)))
  if (!missing) return
  const [first = ''] = missing
  throw new HubError(
    'invalid_input',
    `No column is taken for ${missing.join(' or ')}, so nothing could be worked on. The columns are: ` +
      `${columns.slice(0, 100).join(', ')}.`,
    {
      advice: `Say which one it is: ${mapping(first, likely(missing, columns))} (over REST: map={"${first}": …}).`,
      fields: [{ path: `/map/${first}`, message: 'no column is taken for it' }],
    },
  )
}

/** How `./hub run` is told. */
export const mapping = (field: string, column = '<column>'): string => `--map ${field}="${column}"`

/** A column whose name holds the field's, or a word that people use for it. */
const likely = (fields: readonly string[], columns: readonly string[]): string | undefined => {
  const words = fields.flatMap((field) => [plain(field), ...(alsoCalled[field] ?? [])])
  return columns.find((column) => words.some((word) => plain(column).includes(word)))
}

const alsoCalled: Readonly<Record<string, readonly string[]>> = {
  email: ['mail'],
  website: ['url', 'web', 'domain', 'site'],
  phone: ['tel'],
  mobile: ['cell', 'handy'],
}

const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')

/** What to do about an item that was passed over. */
export const cureOf = (needs: Needs, item: Record<string, unknown>): string => {
  const lacking = needs.find((oneOf) => oneOf.every((field) => isEmpty(item[field])))
  if (!lacking) return 'Mend these rows in your list, or leave them: they cost nothing.'
  const [first = ''] = lacking
  return `Fill in ${lacking.join(' or ')} in these rows. If another column holds it, name that one: ${mapping(first)}.`
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '')
