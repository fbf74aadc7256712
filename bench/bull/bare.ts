import { Agent, createServer, get } from 'node:http'
import { json, text } from 'node:stream/consumers'
import axios from 'axios'
import Bull from 'bull'
import { atOnce } from '../shared/processes.ts'

/**
 * What one would write instead of the hub: POST /bull puts one job for each item into a queue, 50 are worked on at a
 * time, each makes its call by Node's own client, as the hub does, and the answer comes with the last one; POST
 * /bull-axios the same by axios, as most people's jobs do. POST /calls makes the calls without any queue.
 * Arguments: Redis, and the vendor's address to which an e-mail is appended.
 */
const [redisUrl = '', address = ''] = process.argv.slice(2)
const concurrency = 50
const agent = new Agent({ keepAlive: true, maxSockets: concurrency })
const http = axios.create({ httpAgent: agent })
const callByAxios = async (email: string): Promise<unknown> =>
  (await http.get<unknown>(address + encodeURIComponent(email))).data
const call = (email: string): Promise<unknown> =>
  new Promise((resolve, reject) =>
    get(address + encodeURIComponent(email), { agent }, (answer) => void json(answer).then(resolve, reject)).on(
      'error',
      reject,
    ),
  )

interface Item {
  readonly email: string
}

interface Job extends Item {
  readonly client: 'node' | 'axios'
}

// Its own: another such process on the same Redis does other calls.
const queue = new Bull<Job>(`bench-${process.pid}`, redisUrl)
let left = 0
let onLast = (): void => undefined
queue.on('failed', (_job, thrown) => {
  process.stderr.write(`${String(thrown)}\n`)
  process.exit(1)
})
queue.on('completed', () => {
  if (--left === 0) onLast()
})
queue
  .process(concurrency, ({ data: { email, client } }) => (client === 'axios' ? callByAxios(email) : call(email)))
  .catch((thrown: unknown) => {
    process.stderr.write(`${String(thrown)}\n`)
    process.exit(1)
  })

const byBull = async (items: readonly Item[], client: Job['client']): Promise<void> => {
  left = items.length
  const last = new Promise<void>((resolve) => (onLast = resolve))
  await queue.addBulk(items.map(({ email }) => ({ data: { email, client } })))
  await last
}

const work: Record<string, (items: readonly Item[]) => Promise<void>> = {
  '/bull': (items) => byBull(items, 'node'),
  '/bull-axios': (items) => byBull(items, 'axios'),
  '/calls': (items) => atOnce(items, concurrency, ({ email }) => call(email)),
}

const server = createServer((request, response) => {
  const answer = async (): Promise<void> => {
    const items: readonly Item[] = JSON.parse(await text(request))
    await work[request.url ?? '']?.(items)
    response.end()
  }
  answer().catch((thrown: unknown) => response.writeHead(500).end(String(thrown)))
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address && typeof address === 'object')
    process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${address.port}` })}\n`)
})
process.once('SIGTERM', () => process.exit(0))
