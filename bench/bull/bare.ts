import { Agent, createServer, get } from 'node:http'
import { json, text } from 'node:stream/consumers'
import axios from 'axios'
import Bull from 'bull'
import { atOnce } from '../shared/processes.ts'

/**
 * What one would write instead of the hub: POST /bull puts one job for each item into a queue, 50 are worked on at a
 * time, each makes its call by axios, and the answer comes with the last one. POST /calls makes the same calls without
 * any queue by Node's own client, as the hub does.
 */
const [redisUrl = '', vendorUrl = ''] = process.argv.slice(2)
const places = 50
const agent = new Agent({ keepAlive: true, maxSockets: places })
const http = axios.create({ baseURL: vendorUrl, httpAgent: agent })
const verify = async (email: string): Promise<string> =>
  (await http.get<{ status: string }>('/verify', { params: { email } })).data.status
const call = (email: string): Promise<unknown> =>
  new Promise((resolve, reject) =>
    get(
      `${vendorUrl}/verify?email=${encodeURIComponent(email)}`,
      { agent },
      (answer) => void json(answer).then(resolve, reject),
    ).on('error', reject),
  )

interface Item {
  readonly email: string
}

const queue = new Bull<Item>('bench', redisUrl)
let left = 0
let onLast = (): void => undefined
queue.on('completed', () => {
  if (--left === 0) onLast()
})
queue
  .process(places, ({ data }) => verify(data.email))
  .catch((thrown: unknown) => {
    process.stderr.write(`${String(thrown)}\n`)
    process.exit(1)
  })

const work: Record<string, (items: readonly Item[]) => Promise<void>> = {
  '/bull': async (items) => {
    left = items.length
    const last = new Promise<void>((resolve) => (onLast = resolve))
    await queue.addBulk(items.map((data) => ({ data })))
    await last
  },
  '/calls': (items) => atOnce(items, places, ({ email }) => call(email)),
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
