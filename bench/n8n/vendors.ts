import { readFileSync } from 'node:fs'
import { inCheckout } from '../../launcher/paths.ts'
import type { Sandbox } from '../../hub-server/src/sandbox/index.ts'
import { vendorCounts } from '../shared/vendor-counts.ts'

/** Who verifies; Apollo enriches. */
export type Verifier = 'zerobounce' | 'hunter'

/** How each is asked about one address, and where its verdict stands, as its documentation says. */
export const verifiers: Record<
  Verifier,
  { readonly path: string; readonly query: Readonly<Record<string, string>>; readonly verdict: string }
> = {
  zerobounce: { path: '/v2/validate', query: { api_key: 'bench', ip_address: '' }, verdict: 'status' },
  hunter: { path: '/v2/email-verifier', query: { api_key: 'bench' }, verdict: 'data.status' },
}

export interface Bill {
  readonly calls: number
  /** Of these: for the rate, mostly. */
  readonly refused: number
  /** US dollars. */
  readonly price: number
}

/** Micro-USD for a credit, as connector.yaml states it. */
const creditOf = (connector: string): number =>
  Number(
    /^ {2}credit: (\d+)/m.exec(
      readFileSync(inCheckout('hub-server/connectors', connector, 'connector.yaml'), 'utf8'),
    )?.[1],
  )

/** The vendors' own bill, for what they have counted. */
export const billOf = async (sandbox: Sandbox): Promise<Bill> => {
  const counts = [...(await vendorCounts(sandbox))]
  const sum = (of: (count: (typeof counts)[number]) => number): number =>
    counts.reduce((all, count) => all + of(count), 0)
  return {
    calls: sum(([, { calls }]) => calls),
    refused: sum(([, { refused }]) => refused),
    price: sum(([connector, { charges }]) => charges * creditOf(connector)) / 1_000_000,
  }
}
