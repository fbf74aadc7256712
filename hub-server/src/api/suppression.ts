import { Type, type TSchema } from 'typebox'
import { Count, ListOf } from '../contracts/bounded.ts'
import type { Suppression } from '../compliance/suppression.ts'
import { channels, Suppressed, SuppressionEntry, SuppressionValue } from '../contracts/suppression.ts'
import { ok, route, type Route } from './route.ts'

const mostEntries = 10_000

const entriesOf = <Entry extends TSchema>(entry: Entry) =>
  Type.Object({ entries: Type.Array(entry, { maxItems: mostEntries }) })

export const suppressionRoutes = (suppression: Suppression): Route[] => [
  route({
    method: 'get',
    path: '/v1/suppression',
    group: 'Suppression',
    summary: 'How many addresses of each channel must not be contacted',
    answers: { 200: Type.Object(Object.fromEntries(channels.map((channel) => [channel, Count()]))) },
    handle: async ({ holder }) => ok(await suppression.count(holder)),
  }),
  route({
    method: 'post',
    path: '/v1/suppression',
    group: 'Suppression',
    summary: 'Add people who must not be contacted; only hashes are kept',
    body: entriesOf(SuppressionEntry),
    answers: { 200: Type.Object({ added: Count(), known: Count() }) },
    handle: async ({ holder, body }) => ok(await suppression.add(holder, body.entries)),
  }),
  route({
    method: 'post',
    path: '/v1/suppression/remove',
    group: 'Suppression',
    summary: 'Remove people who may be contacted again',
    body: entriesOf(SuppressionValue),
    answers: { 200: Type.Object({ removed: Count() }) },
    handle: async ({ holder, body }) => ok(await suppression.remove(holder, body.entries)),
  }),
  route({
    method: 'post',
    path: '/v1/suppression/check',
    reads: true,
    group: 'Suppression',
    summary: 'Whether addresses may be contacted; an e-mail is also suppressed by its domain',
    body: entriesOf(SuppressionValue),
    answers: { 200: Type.Object({ results: ListOf(Suppressed, { maxItems: mostEntries }) }) },
    handle: async ({ holder, body }) => ok({ results: await suppression.check(holder, body.entries) }),
  }),
]
