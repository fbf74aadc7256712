import { setTimeout as pause } from 'node:timers/promises'
import type { BlockAnswer } from '../../hub-server/src/api/runs.ts'
import type { Lead } from '../../hub-server/src/contracts/lead.ts'
import type { Run } from '../../hub-server/src/contracts/run.ts'
import { freePort } from '../../hub-server/src/db/testing/free-port.ts'
import { launchHub, type Hub, type HubPlace } from './hub-process.ts'

/** What clients were promised by a hub that was killed again and again. */
export interface Promised {
  /** E-mail → id of the lead, from answers with HTTP 200. */
  readonly leads: Map<string, string>
  /** E-mails whose answer never came: stored or not, but never twice. */
  readonly unanswered: Set<string>
  /** Idempotency-Key → id of the run, from answers with HTTP 202. */
  readonly runs: Map<string, string>
  /** Answers that were neither success nor a broken connection. */
  readonly refusals: string[]
}

export const itemsOfRun = 150
const mostRuns = 20
/** Of the kills, how many come while the hub is still starting. */
const whileStarting = 0.4
const longestStartMs = 1_500
const longestLifeMs = 1_200

/** Kills the hub at `kills` moments while clients store leads and start runs; the last hub lives. */
export const killOften = async (
  place: HubPlace & { data: string },
  kills: number,
  random: () => number,
): Promise<{ hub: Hub; promised: Promised }> => {
  const port = await freePort()
  const promised: Promised = { leads: new Map(), unanswered: new Set(), runs: new Map(), refusals: [] }
  const client = { hub: await (await launchHub({ ...place, port })).ready, over: false }
  const clients = [
    storeLeads('a', client, promised),
    storeLeads('b', client, promised),
    storeLists(client, promised),
    startRuns(client, promised),
  ]
  await pause(random() * longestLifeMs)
  await client.hub.kill()
  for (let count = 1; count < kills; count++) {
    const starting = await launchHub({ ...place, port })
    if (random() < whileStarting) await pause(random() * longestStartMs)
    else {
      client.hub = await starting.ready
      await pause(random() * longestLifeMs)
    }
    await starting.kill()
  }
  const hub = await (await launchHub({ ...place, port })).ready
  client.hub = hub
  client.over = true
  await Promise.all(clients)
  return { hub, promised }
}

interface Client {
  hub: Hub
  over: boolean
}

/** The answer, or undefined where the hub died under the request. Waits while nobody listens. */
const ask = async <Body>({ hub }: Client, path: string, body: object, headers?: Record<string, string>) => {
  for (;;) {
    try {
      return await hub.call<Body>('POST', path, { key: hub.keys.test, body, headers })
    } catch (thrown) {
      // What fetch throws when nobody listens, or the connection ends before the answer does.
      if (!(thrown instanceof TypeError)) throw thrown
      if (!wasNeverSent(thrown)) return undefined
      await pause(20)
    }
  }
}

const wasNeverSent = ({ cause }: TypeError): boolean =>
  cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED'

/** Asks until there is an answer, as clients do that were told nothing. */
const askUntilAnswered = async <Body>(client: Client, path: string, body: object, headers?: Record<string, string>) => {
  for (;;) {
    const answer = await ask<Body>(client, path, body, headers)
    if (answer) return answer
  }
}

const storeLeads = async (name: string, client: Client, { leads, unanswered, refusals }: Promised): Promise<void> => {
  for (let count = 0; !client.over; count++) {
    const email = `lead-${name}${count}@acme.example`
    const lead = { email, fullName: `Anna ${name}${count}`, company: { domain: `acme${count % 7}.example` } }
    const answer = await ask<{ lead: Lead }>(client, '/v1/leads', { lead })
    if (!answer) unanswered.add(email)
    else if (answer.status === 200) leads.set(email, answer.body.lead.id)
    else refusals.push(answer.text)
    await pause(5)
  }
}

const storeLists = async (client: Client, { leads, refusals }: Promised): Promise<void> => {
  for (let count = 0; !client.over; count++) {
    const items = Array.from({ length: 5 }, (_, index) => ({ email: `ben${count}.${index}@acme.example` }))
    const answer = await askUntilAnswered<Partial<BlockAnswer<{ email: string; lead: Lead }>>>(
      client,
      '/v1/blocks/lead-store',
      { items },
    )
    if (answer.status !== 200 || !answer.body.results) refusals.push(answer.text)
    else
      for (const {
        outputs: [output],
      } of answer.body.results)
        if (output) leads.set(output.email, output.lead.id)
    await pause(20)
  }
}

const startRuns = async (client: Client, { runs, refusals }: Promised): Promise<void> => {
  for (let count = 0; !client.over && count < mostRuns; count++) {
    const items = Array.from({ length: itemsOfRun }, (_, index) => ({ email: `run${count}-${index}@acme.example` }))
    const [path, options] =
      count % 2 === 0
        ? ['/v1/blocks/lead-store', {}]
        : ['/v1/blocks/verify-email', { depth: 'services', providers: ['zerobounce'] }]
    const key = `run ${count}`
    const answer = await askUntilAnswered<{ run: Run }>(client, path, { items, options }, { 'idempotency-key': key })
    if (answer.status === 202) runs.set(key, answer.body.run.id)
    else refusals.push(answer.text)
    await pause(150)
  }
}
