import { readFileSync } from 'node:fs'
import { inCheckout } from '../../launcher/paths.ts'
import type { Sandbox } from '../../hub-server/src/sandbox/index.ts'

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
  /** US dollars. */
  readonly price: number
}

type Counts = Readonly<
  Record<
    string,
    Readonly<Record<string, Readonly<Record<string, { readonly calls: number; readonly charges: number }>>>>
  >
>

/** Micro-USD for a credit, as connector.yaml states it. */
const creditOf = (connector: string): number =>
  Number(
    /^ {2}credit: (\d+)/m.exec(
      readFileSync(inCheckout('hub-server/connectors', connector, 'connector.yaml'), 'utf8'),
    )?.[1],
  )

const control = async (sandbox: Sandbox, method: string, path: string): Promise<unknown> => {
  const answer = await fetch(`${sandbox.url}/_sandbox/${path}`, { method })
  if (!answer.ok) throw new Error(`the sandbox answered ${answer.status} to ${path}`)
  return answer.json()
}

/** Forgets what was asked and charged so far. */
export const emptyBill = async (sandbox: Sandbox): Promise<void> => void (await control(sandbox, 'POST', 'reset'))

/** The vendors' own bill. */
export const billOf = async (sandbox: Sandbox): Promise<Bill> => {
  const counts = (await control(sandbox, 'GET', 'counts')) as Counts
  const routes = Object.entries(counts).flatMap(([connector, keys]) =>
    Object.values(keys)
      .flatMap(Object.values)
      .map((count) => ({ connector, ...count })),
  )
  return {
    calls: routes.reduce((sum, { calls }) => sum + calls, 0),
    price: routes.reduce((sum, { connector, charges }) => sum + charges * creditOf(connector), 0) / 1_000_000,
  }
}
