import { HubError } from '../../contracts/errors.ts'
import type { AskOptions } from '../ask.ts'
import type { Provider } from '../providers.ts'
import type { Asking } from './asking.ts'
import type { ProviderAnswer } from './question.ts'
import { unasked } from './unasked.ts'

const mostFor = ({ itemBudget }: Pick<Asking, 'itemBudget'>, { maxPrice }: AskOptions): number =>
  Math.min(itemBudget ?? Infinity, maxPrice === undefined ? Infinity : maxPrice * 1_000_000)

/**
 * What items pay for one round of questions to one provider: the highest price is taken before an input is asked, so
 * that all that is asked for an item at once stays within what it may cost, and the real price takes its place when it
 * is known.
 */
export const openBill = (
  { cost, itemBudget }: Pick<Asking, 'cost' | 'itemBudget'>,
  options: AskOptions,
  provider: Provider,
  indexOf: (position: number) => number,
) => {
  const most = mostFor({ itemBudget }, options)
  const itemOf = (position: number): number | undefined => options.items?.[indexOf(position)]
  const reserved = new Map<number, number>()
  const add = (item: number, price: number): void => cost.set(item, (cost.get(item) ?? 0) + price)
  const release = (position: number): void => {
    const item = reserved.get(position)
    if (item === undefined) return
    reserved.delete(position)
    add(item, -provider.price)
  }
  return {
    admit: (position: number): ProviderAnswer | undefined => {
      const item = itemOf(position)
      const spent = item === undefined ? 0 : (cost.get(item) ?? 0)
      if (spent + provider.price > most) return tooDear(provider, most)
      if (item === undefined) return undefined
      reserved.set(position, item)
      add(item, provider.price)
      return undefined
    },
    charge: async (position: number, { price, cached }: ProviderAnswer): Promise<void> => {
      const item = reserved.get(position)
      release(position)
      if (item === undefined || cached || price === 0) return
      add(item, price)
      await cost.keep?.(item, price)
    },
    /** What was admitted and then not asked costs nothing. */
    close: (): void => {
      for (const position of [...reserved.keys()]) release(position)
    },
  }
}

/** Nobody was asked, because its item may not cost so much. */
export const isTooDear = ({ provider, error }: ProviderAnswer): boolean =>
  provider === unasked.provider && error?.kind === 'over_budget'

const tooDear = ({ connector, price }: Provider, most: number): ProviderAnswer => ({
  ...unasked,
  status: 'failed',
  at: new Date(),
  error: new HubError(
    'over_budget',
    `${connector.manifest.name} costs up to ${price / 1_000_000} USD, and this item may cost ${most / 1_000_000} ` +
      'USD in all.',
    { advice: 'Raise what one item may cost, or choose cheaper providers.' },
  ).toValue(),
})
