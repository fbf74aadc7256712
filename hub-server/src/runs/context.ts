import type { Kysely } from 'kysely'
import type { BlockContext } from '../blocks/block.ts'
import { upsertRecords } from '../capabilities/records.ts'
import type { Mode, Scope } from '../contracts/scope.ts'
import type { Tables } from '../db/tables.ts'
import type { Gateway } from '../gateway/asking/gateway.ts'
import type { ItemCosts } from '../gateway/item-costs.ts'
import { createItemCosts } from '../gateway/item-costs.ts'
import { openLeads } from '../leads/store.ts'
import { providerFacts } from './provider-facts.ts'

/** What differs between the modes: how the web is read and how mail servers are looked up. */
export type Outside = Pick<BlockContext, 'fetchPage' | 'resolveMx'>

/** The most items of a run whose end somebody waits for. */
export const waitedItems = 100

/** A run, as its blocks' contexts know it. */
export interface Execution {
  readonly scope: Scope
  readonly run: string
  /** Micro-USD that one item may cost. */
  readonly itemBudget?: number
  /** Nobody waits for it: outages of services are waited out. */
  readonly patient: boolean
  /** Ends everything at once. */
  readonly signal: AbortSignal
  /** Begins nothing new; what is under way, or paid for, is still fetched. */
  readonly stop: AbortSignal
  /** Micro-USD that each item of the chunk has cost. */
  readonly spent: Map<string, number>
}

export type OpenContext = (execution: Execution, step: number, nameOf: (index: number) => string) => BlockContext

export const createContexts = (db: Kysely<Tables>, gateway: Gateway, outside: Record<Mode, Outside>): OpenContext => {
  const itemCosts = createItemCosts(db)
  return ({ scope, run, itemBudget, patient, signal, stop, spent }, step, nameOf) => {
    const cost = itemBudget === undefined ? costsIn(spent, nameOf) : costsOf(itemCosts(run), nameOf)
    const asking = {
      scope,
      run,
      patient,
      signal,
      stop,
      cost,
      nameOf: (item: number) => `${run}/${step}/${nameOf(item)}`,
      ...(itemBudget !== undefined && { itemBudget }),
    }
    return {
      scope,
      run,
      signal: stop,
      ask: (capability, inputs, options) => gateway.ask(asking, capability, inputs, options),
      providers: async (capability, names, object) =>
        Promise.all((await gateway.providers.list(scope, capability, object, names)).map(providerFacts)),
      notWritten: (provider, records) => gateway.notWritten(scope, upsertRecords, provider, records),
      locked: (connector, entries, work) => gateway.locked(asking, connector, entries, work),
      leads: openLeads(db, scope, run),
      now: () => new Date(),
      ...outside[scope.mode],
    }
  }
}

/** What items cost is bounded by this chunk's own asks alone (the highest price that they name): kept with it. */
const costsIn = (spent: Map<string, number>, nameOf: (index: number) => string): ItemCosts => ({
  get: (index) => spent.get(itemOf(nameOf(index))),
  set: (index, price) => void spent.set(itemOf(nameOf(index)), price),
})

/** The run's costs by its own items, for a block that counts by what stands before it. */
const costsOf = (costs: Required<ItemCosts>, nameOf: (index: number) => string): ItemCosts => {
  const item = (index: number): number => Number(itemOf(nameOf(index)))
  return {
    get: (index) => costs.get(item(index)),
    set: (index, price) => costs.set(item(index), price),
    hold: (indices) => costs.hold(indices.map(item)),
    keep: (index, price) => costs.keep(item(index), price),
  }
}

/** The run's item that something on the way came from: what it costs counts together. */
const itemOf = (name: string): string => name.split('.')[0] ?? name
