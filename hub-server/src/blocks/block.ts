import type { Static, TSchema } from 'typebox'
import type { Capability } from '../capabilities/capability.ts'
import type { NotWritten, upsertRecords } from '../capabilities/records.ts'
import type { BlockContract, ItemOf, OptionsOf } from '../contracts/block.ts'
import type { Result } from '../contracts/result.ts'
import type { Scope } from '../contracts/scope.ts'
import type { AskOptions } from '../gateway/ask.ts'
import type { Locked } from '../gateway/distributed-lock.ts'
import type { Asked } from '../gateway/asking/gateway.ts'
import type { Fetcher } from '../web/fetcher.ts'
import type { LeadStore } from '../leads/store.ts'

/** Who can be asked, and what a block must know of how it writes. */
export interface ProviderFacts {
  readonly id: string
  readonly connection: string
  /** As the vendor writes its name. */
  readonly name: string
  /** Whether it has this operation, e.g. readRecords.contact. */
  readonly can: (operation: string) => boolean
  /** Fields that it keeps as one: where one of them has changed, all of them go. */
  readonly whole: readonly (readonly string[])[]
  /** The company of a contact is a record of its own. */
  readonly companyIsRecord: boolean
}

/** What a block may use. All of it belongs to one run in one workspace and mode. */
export interface BlockContext {
  readonly scope: Scope
  readonly run: string
  /** Asks outside services; the answers come in the order of the inputs. Never throws for one item. */
  readonly ask: <Input extends TSchema, Output extends TSchema>(
    capability: Capability<Input, Output>,
    inputs: readonly Static<Input>[],
    options?: AskOptions,
  ) => Promise<Asked<Static<Output>>[]>
  /**
   * Who can be asked, in the order of asking.
   * @throws HubError not_connected when nobody is
   */
  readonly providers: (capability: Capability, names: readonly string[], object?: string) => Promise<ProviderFacts[]>
  /** For each record the fields that a provider would not write, and why; nobody is asked. */
  readonly notWritten: (
    provider: string,
    records: readonly Static<typeof upsertRecords.input>[],
  ) => Promise<NotWritten[][]>
  /**
   * Does work while nobody else, in any process, works on the same names; in as many parts as that takes.
   * @param connector whose names they are
   */
  readonly locked: <Entry extends Locked>(
    connector: string,
    entries: readonly Entry[],
    work: (alone: readonly Entry[]) => Promise<void>,
  ) => Promise<void>
  readonly fetchPage: Fetcher['fetchPage']
  /** Mail servers of a domain: none where it takes no mail; anything thrown means that nobody could tell. */
  readonly resolveMx: (domain: string) => Promise<{ exchange: string; priority: number }[]>
  readonly leads: LeadStore
  readonly signal: AbortSignal
  readonly now: () => Date
}

export interface BlockItem<Item> {
  /** Position in the run, from 0. */
  readonly index: number
  readonly value: Item & Record<string, unknown>
}

/**
 * What a block does with a chunk of items: one result for each, `item` being its index. A thrown error fails the
 * chunk's rest.
 */
export interface Block<Contract extends BlockContract = BlockContract> {
  readonly contract: Contract
  /**
   * Refuses options that do not go together, before a run is accepted: what the contract's schema cannot say.
   * @throws HubError invalid_input
   */
  readonly check?: (options: OptionsOf<Contract>) => void
  /** How many items at once; small where one item takes long. */
  readonly chunk: number
  readonly run: (
    items: readonly BlockItem<ItemOf<Contract>>[],
    options: OptionsOf<Contract>,
    context: BlockContext,
  ) => Promise<Result[]>
}

export type { Asked }
