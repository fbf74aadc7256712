import { stringify } from 'csv-stringify/sync'
import { Type } from 'typebox'
import type { Audit } from '../access/audit/audit.ts'
import type { KeptEntry } from '../access/audit/entry.ts'
import { AuditCheck, AuditEntry } from '../contracts/access.ts'
import { Id, Line, ListOf, Moment } from '../contracts/bounded.ts'
import { harmless } from '../runs/files/formula.ts'
import { ok, route, type Route } from './route.ts'

const group = 'Audit'

const Query = Type.Object({
  actor: Type.Optional(Id({ description: 'Id of the person or key' })),
  action: Type.Optional(Line({ description: 'As it stands in an entry: DELETE /v1/leads/{id}' })),
  subject: Type.Optional(Id({ description: 'Id of what it was done to' })),
  outcome: Type.Optional(AuditEntry.properties.outcome),
  from: Type.Optional(Moment()),
  to: Type.Optional(Moment()),
  limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
  cursor: Type.Optional(Id({ pattern: '^\\d{1,15}$', maxLength: 15 })),
})

const shown = ({ workspace: _workspace, before: _before, at, ...entry }: KeptEntry) => ({
  ...entry,
  at: at.toISOString(),
})

export const auditRoutes = (audit: Audit): Route[] => [
  route({
    method: 'get',
    path: '/v1/audit',
    group,
    permission: 'audit.read',
    summary: 'Who did what, newest first',
    query: Query,
    answers: { 200: Type.Object({ entries: ListOf(AuditEntry), next: Type.Optional(Line()) }) },
    handle: async ({ caller, query: { from, to, cursor, limit, ...query } }) => {
      const entries = await audit.search(caller.workspace, {
        ...query,
        limit,
        ...(from !== undefined && { from: new Date(from) }),
        ...(to !== undefined && { to: new Date(to) }),
        ...(cursor !== undefined && { before: Number(cursor) }),
      })
      return ok({ entries: entries.map(shown), ...(entries.length === limit && { next: String(entries.at(-1)?.seq) }) })
    },
  }),
  route({
    method: 'get',
    path: '/v1/audit/check',
    group,
    permission: 'audit.read',
    summary: 'Looks through all entries: whether one is missing, changed or put in',
    answers: { 200: AuditCheck },
    handle: async ({ caller }) => {
      const { entries, faults } = await audit.check(caller.workspace)
      return ok({ entries, good: faults.length === 0, faults })
    },
  }),
  ...(['csv', 'jsonl'] as const).map((type) =>
    route({
      method: 'get',
      path: `/v1/audit.${type}`,
      group,
      permission: 'audit.read',
      summary: `All entries as ${type === 'csv' ? 'CSV' : 'JSON lines'}, oldest first`,
      answers: { 200: type === 'csv' ? 'text/csv' : 'application/x-ndjson' },
      handle: async ({ caller }) => ({
        status: 200,
        text: {
          type: type === 'csv' ? 'text/csv' : 'application/x-ndjson',
          name: `audit.${type}`,
          parts: type === 'csv' ? csvOf(audit.all(caller.workspace)) : linesOf(audit.all(caller.workspace)),
          shows: 'nobody',
        },
      }),
    }),
  ),
]

async function* linesOf(entries: AsyncIterable<KeptEntry>): AsyncGenerator<string> {
  for await (const { workspace: _workspace, ...entry } of entries) yield `${JSON.stringify(entry)}\n`
}

const columns = [
  'seq',
  'at',
  'mode',
  'actorKind',
  'actor',
  'actorName',
  'action',
  'subject',
  'address',
  'outcome',
  'details',
  'seal',
] as const

async function* csvOf(entries: AsyncIterable<KeptEntry>): AsyncGenerator<string> {
  yield stringify([[...columns]])
  for await (const { actor, at, details, ...entry } of entries) {
    const row: Record<(typeof columns)[number], unknown> = {
      ...entry,
      subject: entry.subject,
      at: at.toISOString(),
      actorKind: actor.kind,
      actor: actor.id,
      actorName: actor.name,
      details: JSON.stringify(details),
    }
    yield stringify([columns.map((column) => harmless(String(row[column] ?? '')))])
  }
}
