import type { Block, BlockContext } from '../blocks/block.ts'
import type { Capability } from '../capabilities/capability.ts'
import type { Estimate, RunStep } from '../contracts/run.ts'
import type { Scope } from '../contracts/scope.ts'
import type { Db } from '../db/database.ts'
import type { AnswerCache } from '../gateway/answer-cache.ts'
import type { AskOptions } from '../gateway/ask.ts'
import { forecast, type Forecast } from '../gateway/forecast.ts'
import type { Asked } from '../gateway/asking/gateway.ts'
import type { Providers } from '../gateway/providers.ts'
import { readHitRates } from '../reporting/hit-rates.ts'
import { cureOf, needsOf } from './files/needs.ts'
import { providerFacts } from './provider-facts.ts'
import { runStep, type StepParts } from './steps.ts'

export interface EstimateParts {
  readonly db: Db
  readonly providers: Providers
  readonly answers: AnswerCache
  readonly blocks: ReadonlyMap<string, Block>
  readonly log: StepParts['log']
  readonly leads: (scope: Scope) => BlockContext['leads']
}

/** Of a longer list a sample is looked at. */
export const mostLooked = 5_000

/**
 * What a run would be, without any call: its blocks are run with a context that notes what they would ask and finds
 * nothing, so that everything they might ask is asked. How many go on to a second service is told from how often the
 * first one knew something before.
 * @param total how many items there are; `rows` may be a sample
 */
export const createEstimate =
  ({ db, providers, answers, blocks, log, leads }: EstimateParts) =>
  async (
    scope: Scope,
    steps: readonly RunStep[],
    rows: readonly { item: number; input: unknown; problem?: string }[],
    total: number,
  ): Promise<Estimate> => {
    const hitRates = await readHitRates(db, scope)
    const seen: Forecast[] = []
    const asked = new Map<number, number>()
    const contextOf = (): BlockContext => ({
      scope,
      run: '',
      signal: new AbortController().signal,
      now: () => new Date(),
      leads: readingOnly(leads(scope)),
      fetchPage: () => Promise.reject(new Unknown()),
      resolveMx: () => Promise.reject(new Unknown()),
      providers: async (capability, names, object) =>
        Promise.all((await providers.list(scope, capability, object, names)).map(providerFacts)),
      notWritten: (_provider, records) => Promise.resolve(records.map(() => [])),
      locked: (_connector, entries, work) => work(entries),
      ask: async <Output>(
        capability: Capability,
        inputs: readonly unknown[],
        options: AskOptions = {},
      ): Promise<Asked<Output>[]> => {
        // Who was asked before is only asked again if that brought nothing; what was looked up is written all the same.
        const isRead = capability.effect === 'read'
        const chanceOf = (item: number | undefined): number =>
          isRead && item !== undefined ? (asked.get(item) ?? 1) : 1
        const weights = inputs.map((_input, position) => chanceOf(options.items?.[position]))
        const foreseen = await forecast({ providers, answers }, scope, capability, inputs, options, weights, hitRates)
        seen.push(...foreseen)
        for (const [position, item] of (options.items ?? []).entries())
          asked.set(item, (weights[position] ?? 1) * foreseen.reduce((left, { miss }) => left * miss, 1))
        return inputs.map(() => ({ status: 'done', outputs: [], reason: 'not asked yet', at: new Date() }))
      },
    })
    const good = rows.filter(({ problem }) => problem === undefined)
    const [first] = steps
    const pieces = good.map(({ item, input }) => ({ piece: item, item, name: String(item), input, passed: [] }))
    const results = first
      ? (await runStep({ blocks, contextOf, log }, { step: first, number: 0, isLast: true }, pieces)).ended.map(
          ({ result }) => result,
        )
      : []
    const reasons = new Map<string, { advice: string; items: number; first: number }>()
    const inputs = new Map(rows.map(({ item, input }) => [item, input]))
    const adviceFor = needsAdvice(blocks.get(steps[0]?.block ?? ''), steps[0]?.options ?? {})
    const unable = [
      ...rows.flatMap(({ item, problem }) =>
        problem === undefined ? [] : [{ item, reason: problem, advice: 'Mend this row in your list.' }],
      ),
      ...results.flatMap(({ item, status, reason, error }) =>
        status === 'skipped' || (status === 'failed' && error?.kind === 'invalid_input')
          ? [
              {
                item,
                reason: error?.message ?? reason ?? 'It cannot be worked on.',
                advice: error?.advice ?? adviceFor(inputs.get(item)),
              },
            ]
          : [],
      ),
    ]
    for (const { item, reason, advice } of unable) {
      const known = reasons.get(reason)
      reasons.set(reason, {
        advice: known?.advice ?? advice,
        items: (known?.items ?? 0) + 1,
        first: Math.min(known?.first ?? item, item),
      })
    }
    const scale = rows.length === 0 ? 1 : total / rows.length
    const scaled = (value: number): number => Math.round(value * scale)
    const sum = (pick: (one: Forecast) => number): number => scaled(seen.reduce((all, one) => all + pick(one), 0))
    const perProvider = [...Map.groupBy(seen, ({ provider, operation }) => `${provider} ${operation}`).values()].map(
      (all) => ({
        provider: all[0]?.provider ?? '',
        operation: all[0]?.operation ?? '',
        calls: scaled(all.reduce((count, { calls }) => count + calls.likely, 0)),
        price: scaled(all.reduce((count, { price }) => count + price.likely, 0)),
        seconds: Math.round(scale * all.reduce((count, { seconds }) => count + seconds, 0) * 10) / 10,
      }),
    )
    return {
      items: { total, looked: rows.length, unable: scaled(unable.length) },
      reasons: [...reasons]
        .map(([reason, { advice, items, first }]) => ({ reason, advice, items: scaled(items), first }))
        .sort((a, b) => b.items - a.items)
        .slice(0, 20),
      calls: {
        low: sum(({ calls }) => calls.low),
        likely: sum(({ calls }) => calls.likely),
        high: sum(({ calls }) => calls.high),
      },
      price: {
        low: sum(({ price }) => price.low),
        likely: sum(({ price }) => price.likely),
        high: sum(({ price }) => price.high),
      },
      cached: sum(({ cached }) => cached),
      // Services are asked beside each other: the slowest decides.
      seconds: Math.max(0, ...perProvider.map(({ seconds }) => seconds)),
      providers: perProvider,
    }
  }

/** What to do about an item that the block passes over. */
const needsAdvice = (block: Block | undefined, options: Record<string, unknown>) => {
  const needs = block ? needsOf(block.contract, options) : []
  return (input: unknown): string => cureOf(needs, isRecord(input) ? input : {})
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

class Unknown extends Error {
  override readonly message = 'nobody is asked for an estimate'
}

/** Stores nothing. */
const readingOnly = (leads: BlockContext['leads']): BlockContext['leads'] => ({
  ...leads,
  upsert: () => Promise.reject(new Unknown()),
  // As if they were stored: who is there already may have links, and then nothing is written.
  upsertAll: async (items) => {
    const known = []
    for (const { email } of items) known.push(typeof email === 'string' ? await leads.find({ email }) : null)
    return known.map((lead) => ({ id: lead?.id ?? '', outcome: lead ? 'unchanged' : 'created' }))
  },
  upsertEach: () => Promise.reject(new Unknown()),
  merge: () => Promise.reject(new Unknown()),
  unmerge: () => Promise.reject(new Unknown()),
  remove: () => Promise.reject(new Unknown()),
  saveLinks: () => Promise.reject(new Unknown()),
  dropLinks: () => Promise.reject(new Unknown()),
  companies: (domains) => leads.companies(domains, true),
})
