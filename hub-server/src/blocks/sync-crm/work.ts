import type { Link } from '../../contracts/facts.ts'
import type { NotWritten } from '../../capabilities/records.ts'
import type { Result } from '../../contracts/result.ts'
import type { Asked, ProviderFacts } from '../block.ts'
import type { CrmRecord } from './record.ts'

/** Where records are written. */
export interface Place {
  readonly crm: ProviderFacts
  readonly object: 'contact' | 'company'
  readonly dryRun: boolean
  /** Only made where it is not there, never changed: a company that contacts are tied to. */
  readonly onlyCreate: boolean
}

/** One record to bring up to date. */
export interface Work {
  /** Position of the item that it is for. */
  readonly index: number
  /** Without the fields that the CRM does not take. */
  record: CrmRecord
  /** Told in the result. */
  notWritten: readonly NotWritten[]
  /** Id of the lead or company in the lead store; absent where a dry run finds none. */
  readonly subject?: string
  /** What must not be worked on twice at once: the key, and the subject. */
  readonly names: readonly string[]
  /** Id of the record of the contact's company. */
  companyId?: string
  /** Said in the result beside what was done. */
  reason?: string
  outcome?: Outcome
}

/** What became of it. */
export type Outcome =
  | {
      readonly did: 'created' | 'updated' | 'unchanged' | 'would_create' | 'would_update'
      readonly id?: string
      readonly url?: string
      readonly written: readonly string[]
    }
  | { readonly refused: Pick<Result, 'status' | 'error'> }

/** A link, or in a dry run what would be one. */
export type KnownLink = Pick<Link, 'record' | 'base'> & { readonly url?: string }

/** What is said of an item that the CRM did not take. */
export const refusedBy = (answer: Asked<unknown> | undefined): Outcome => ({
  refused: {
    status: answer?.status === 'uncertain' ? 'uncertain' : 'failed',
    error: answer?.error ?? {
      kind: 'bad_response',
      message: 'The CRM did not say what became of this record.',
      advice: 'Run it again: writing twice does no harm.',
    },
  },
})

/** Works in turns: two of one turn have no name in common. */
export const turnsOf = (works: readonly Work[]): Work[][] => {
  const turns: Work[][] = []
  let open = [...works]
  while (open.length > 0) {
    const seen = new Set<string>()
    const turn = open.filter(({ names }) => {
      const isFirst = names.every((name) => !seen.has(name))
      for (const name of names) seen.add(name)
      return isFirst
    })
    turns.push(turn)
    open = open.filter((work) => !turn.includes(work))
  }
  return turns
}

/** What must not be worked on twice at once. */
export const namesOf = (
  { crm, object }: Pick<Place, 'crm' | 'object'>,
  key: string,
  subject: string | undefined,
): string[] => [key, subject].flatMap((name) => (name ? [`${crm.connection} ${object} ${name}`] : []))
