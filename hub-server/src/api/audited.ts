import type { Audit } from '../access/audit/audit.ts'
import type { AuditEntry } from '../access/audit/entry.ts'
import type { Caller } from '../access/rights/caller.ts'
import { asHubError } from '../contracts/errors.ts'
import type { Answer, AuditNote, Call, Route } from './route.ts'

/** What the audit log keeps of a request: all that changes something, and who was not let do it. */
export interface Audited {
  /** Does the work of a route and writes down what came of it, before it is answered. */
  readonly perform: (route: Route, call: Omit<Call, 'note'>) => Promise<Answer>
  /** Somebody known who may not. */
  readonly refused: (route: Route, caller: Caller, params: Record<string, string>) => Promise<void>
}

/** So many people read by one within an hour are told of. */
const bulk = 100
const withinMs = 3_600_000

export const createAudited = (audit: Audit): Audited => {
  const readers = createReaders()

  const performWrite = async (route: Route, call: Omit<Call, 'note'>): Promise<Answer> => {
    let noted: AuditNote = {}
    const started = entryOf(route, call)
    const end = await audit.begin(started)
    const finish = (outcome: AuditEntry['outcome'], more: Readonly<Record<string, unknown>>, subject?: string) =>
      end({
        ...started,
        ...(subject !== undefined && { subject }),
        outcome,
        details: { ...started.details, ...noted.details, ...more },
      })
    let answer: Answer
    try {
      answer = await route.handle({ ...call, note: (more) => (noted = more) })
    } catch (thrown) {
      const { kind } = asHubError(thrown)
      await finish(kind === 'forbidden' ? 'refused' : 'failed', { error: kind }, noted.subject)
      throw thrown
    }
    await finish('done', {}, noted.subject ?? started.subject ?? madeIn(answer.body))
    return answer
  }

  const performRead = async (route: Route, call: Omit<Call, 'note'>): Promise<Answer> => {
    let noted: AuditNote = {}
    const answer = await route.handle({ ...call, note: (more) => (noted = more) })
    const people = call.caller.permissions.has('personal.read') ? (route.people?.(answer) ?? 0) : 0
    const read = readers.count(call.caller, people)
    if (read >= bulk) {
      const started = entryOf(route, call)
      await audit.add({ ...started, outcome: 'done', details: { ...noted.details, people: read } })
    }
    return answer
  }

  return {
    perform: (route, call) => (isWrite(route) ? performWrite(route, call) : performRead(route, call)),
    refused: async (route, caller, params) => {
      const body = undefined
      await audit.add({ ...entryOf(route, { caller, params, body }), outcome: 'refused' })
    },
  }
}

const isWrite = ({ method, reads, permission }: Route): boolean => method !== 'get' && !reads && permission !== 'open'

const entryOf = (
  { method, path }: Route,
  { caller, params, body }: Pick<Call, 'caller' | 'params' | 'body'>,
): Omit<AuditEntry, 'outcome'> => ({
  workspace: caller.workspace,
  mode: caller.mode,
  actor: caller.actor,
  address: caller.address,
  action: `${method.toUpperCase()} ${path}`,
  ...(params.id !== undefined && { subject: params.id }),
  details: fieldsOf(body),
})

/** Names of what was sent, and how many of each; no value, which may be personal or secret. */
const fieldsOf = (body: unknown): Record<string, unknown> => {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return {}
  const fields = Object.keys(body).slice(0, 50)
  const counts = Object.entries(body)
    .slice(0, 50)
    .filter(([, value]) => Array.isArray(value))
    .map(([name, value]) => [name, Array.isArray(value) ? value.length : 0])
  return { fields, ...(counts.length > 0 && { counts: Object.fromEntries(counts) }) }
}

/** The id of what an answer tells of: itself, or the one thing in it. */
const madeIn = (body: unknown): string | undefined => {
  if (typeof body !== 'object' || body === null) return undefined
  if ('id' in body && typeof body.id === 'string') return body.id
  for (const inner of Object.values(body))
    if (typeof inner === 'object' && inner !== null && 'id' in inner && typeof inner.id === 'string') return inner.id
  return undefined
}

/** How many people each has read since an entry told of it. */
const createReaders = () => {
  const read = new Map<string, { people: number; since: number }>()
  return {
    count: ({ actor, workspace }: Caller, people: number): number => {
      if (people === 0) return 0
      const name = `${workspace} ${actor.kind} ${actor.id}`
      const known = read.get(name)
      const now = performance.now()
      const goesOn = known !== undefined && now - known.since < withinMs
      const total = (goesOn ? known.people : 0) + people
      if (total >= bulk) read.delete(name)
      else read.set(name, { people: total, since: goesOn ? known.since : now })
      return total
    },
  }
}
