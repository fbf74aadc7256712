import { Agent } from 'node:http'
import axios from 'axios'
import type { World } from '../n8n/world.ts'
import { whenDone } from '../runs/run.ts'
import { atOnce, timed } from '../shared/processes.ts'

/** Calls under way at once, on both sides. */
export const concurrency = 32
/** What ZeroBounce takes in one call. */
const batch = 100

/** The calls that one would write oneself, with axios over kept connections. Each way gives its milliseconds. */
export const bareCalls = ({ sandbox }: World) => {
  const http = axios.create({ httpAgent: new Agent({ keepAlive: true, maxSockets: concurrency }) })
  const single = `${sandbox.vendorBase('zerobounce', 'default')}/v2/validate`
  const bulk = `${sandbox.vendorBase('zerobounce', 'bulk')}/v2/validatebatch`
  const askOne = (email: string) => http.get(single, { params: { api_key: 'bench', email, ip_address: '' } })
  const askMany = (emails: readonly string[]) =>
    http.post(bulk, { api_key: 'bench', email_batch: emails.map((email_address) => ({ email_address })) })
  return {
    oneByOne: (emails: readonly string[]): Promise<number> => timed(() => atOnce(emails, concurrency, askOne)),
    inBatches: (emails: readonly string[]): Promise<number> =>
      timed(() => atOnce(batchesOf(emails), concurrency, askMany)),
  }
}

const batchesOf = (emails: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(emails.length / batch) }, (_, at) => emails.slice(at * batch, (at + 1) * batch))

/** The same through the hub. @param options of Verify Email. @returns milliseconds */
export const verify = ({ hub: { client } }: World, emails: readonly string[], options: object): Promise<number> =>
  timed(async () => {
    const { data } = await client.post('/v1/blocks/verify-email', {
      items: emails.map((email) => ({ email })),
      options: { depth: 'services', ...options },
      async: true,
    })
    const { items } = await whenDone(client, data.run.id)
    if (items.done !== emails.length) throw new Error(`only ${items.done} of ${emails.length} were verified`)
  })
