/**
 * What it costs a request to be let in: the same answer from a route that is open and from one that needs a permission.
 *   node bench/access.ts [--requests 3000] [--json]
 * One connection, one request after the other, on PGlite; the ways take turns, and each one's median counts.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { pino } from '../hub-server/node_modules/pino/pino.js'
import { Type } from '../hub-server/node_modules/typebox/build/index.mjs'
import { createAccess } from '../hub-server/src/access/access.ts'
import { createLocalCounts } from '../hub-server/src/access/request-limits/gcra.ts'
import { hashPassword } from '../hub-server/src/access/passwords.ts'
import { createSignIn } from '../hub-server/src/access/sign-in.ts'
import { firstStart } from '../hub-server/src/access/first-start.ts'
import { createAudited } from '../hub-server/src/api/audited.ts'
import { ok, route, type Route } from '../hub-server/src/api/route.ts'
import { createServer } from '../hub-server/src/api/server.ts'
import { openDatabase } from '../hub-server/src/db/database.ts'
import { tellConditions } from './shared/conditions.ts'
import { load, out, rounded, row } from './shared/figures.ts'
import { median } from './shared/processes.ts'

const { values } = parseArgs({
  options: { requests: { type: 'string', default: '3000' }, json: { type: 'boolean', default: false } },
})
const requests = Number(values.requests)
const bounds = { cost: { most: 0.3 }, enumeration: { most: 1.05 } }
/** Of wrong passwords, for an address that somebody has and for one that nobody has, by turns. */
const attempts = 100

tellConditions({
  madeUp: ['both routes give the same small answer, and ask the database for nothing'],
  switchedOff: ['Redis: requests are counted in this process', 'the log, the access log with it', 'runs, vendors'],
  published: ['no vendor is asked'],
})

const Answer = Type.Object({ status: Type.Literal('ok') })
const answering = (path: string, permission: Route['permission']): Route =>
  route({
    method: 'get',
    path,
    group: 'Bench',
    summary: 'An answer',
    permission,
    answers: { 200: Answer },
    handle: async () => ok({ status: 'ok' }),
  })

const folder = mkdtempSync(join(tmpdir(), 'bench-access-'))
const database = await openDatabase({ folder })
await firstStart(database.db, folder)
const log = pino({ level: 'silent' })
const publicUrl = 'http://127.0.0.1'
const access = createAccess({
  db: database.db,
  log,
  sealingKeys: [Buffer.alloc(32, 7)],
  publicUrl,
  cookieName: 'hub_session',
  counts: createLocalCounts(),
  limits: { perKey: 1e9, perAddress: 1e9 },
  ownerKey: 'nobody has it',
  readToken: async () => undefined,
})
const workspace = (await database.db.selectFrom('workspace').select('id').executeTakeFirstOrThrow()).id
const { secret } = await access.keys.make(workspace, { name: 'Bench', mode: 'test', scopes: ['leads'] }, null)
const app = createServer({
  gate: access.gate,
  limits: access.limits,
  audited: createAudited(access.audit),
  disk: database.disk,
  log,
  routes: [answering('/v1/open', 'open'), answering('/v1/closed', 'leads.read')],
  programs: (_request, _response, next) => next(),
  pages: [],
  version: '0',
  names: [],
  publicUrl,
  trustedProxies: [],
})
const server = app.listen(0, '127.0.0.1')
await new Promise((ready) => server.once('listening', ready))
const { port } = server.address() as AddressInfo
const agent = new Agent({ keepAlive: true, maxSockets: 1 })

/** One request; milliseconds. */
const ask = (path: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const began = performance.now()
    const sent = request({ port, path, agent, headers: { authorization: `Bearer ${secret}` } }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${path} answered ${response.statusCode}`))
      response.resume().once('end', () => resolve(performance.now() - began))
    })
    sent.once('error', reject).end()
  })

const somebody = 'anna@acme.example'
const login = await access.people.ensureLogin(somebody, 'Anna Berg')
await access.people.join(workspace, login.id, 'analyst')
await access.people.setPassword(login.id, await hashPassword('correct horse battery staple'))
// Nobody is slowed down, or all would be told to wait after twenty.
const { ofAddress } = access.limits
const unlimited = { ...access.limits, isSlowed: async () => undefined, wrong: async () => {}, ofSignIn: ofAddress }
const desk = createSignIn({ ...access, limits: unlimited, onFault: (thrown) => log.warn(thrown) })

/** Milliseconds that a wrong password is thought about. */
const guess = async (email: string): Promise<number> => {
  const began = performance.now()
  const outcome = await desk.signInWithPassword(email, 'a wrong one', { address: '', agent: '' }).catch(() => 'refused')
  if (outcome !== 'refused') throw new Error(`${email} was let in`)
  const took = performance.now() - began
  // What is written down afterwards is not part of the next.
  await pause(50)
  return took
}

const loadBefore = load()
const took: Record<'open' | 'closed', number[]> = { open: [], closed: [] }
for (let warm = 0; warm < 500; warm++) await Promise.all([ask('/v1/open'), ask('/v1/closed')])
for (let count = 0; count < requests; count++)
  for (const way of ['open', 'closed'] as const) took[way].push(await ask(`/v1/${way}`))

const guesses: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] }
for (let count = 0; count < attempts; count++) {
  guesses.known.push(await guess(somebody))
  guesses.unknown.push(await guess(`nobody.${count}@acme.example`))
}

agent.destroy()
await new Promise((closed) => server.close(closed))
await access.close()
await database.close()
rmSync(folder, { recursive: true })

const [open, closed] = [rounded(median(took.open), 3), rounded(median(took.closed), 3)]
const [known, unknown] = [rounded(median(guesses.known), 2), rounded(median(guesses.unknown), 2)]
const enumeration = rounded(Math.max(known / unknown, unknown / known), 3)
const figures = { requests, loadBefore, open, closed, cost: rounded(closed - open, 3), known, unknown, enumeration }
out(`load of the machine before: ${loadBefore}`)
out(row('an open route', open, 'ms'))
out(row('the same, with a key and a permission', closed, 'ms'))
out(row('being let in', figures.cost, 'ms', bounds.cost))
out(row('a wrong password of somebody', known, 'ms'))
out(row('a wrong password of nobody', unknown, 'ms'))
out(row('one divided by the other', enumeration, '', bounds.enumeration))
if (values.json) out(JSON.stringify(figures))
