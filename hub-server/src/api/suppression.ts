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
    permission: 'suppression.read',
    summary: 'How many addresses of each channel must not be contacted',
    answers: { 200: Type.Object(Object.fromEntries(channels.map((channel) => [channel, Count()]))) },
    handle: async ({ caller }) => ok(await suppression.count(caller)),
  }),
  route({
    method: 'post',
    path: '/v1/suppression',
    group: 'Suppression',
    permission: 'suppression.write',
    summary: 'Add people who must not be contacted; only hashes are kept',
    body: entriesOf(SuppressionEntry),
    answers: { 200: Type.Object({ added: Count(), known: Count() }) },
    handle: async ({ caller, body }) => ok(await suppression.add(caller, body.entries)),
  }),
  route({
    method: 'post',
    path: '/v1/suppression/remove',
    group: 'Suppression',
    permission: 'suppression.write',
    summary: 'Remove people who may be contacted again',
    body: entriesOf(SuppressionValue),
    answers: { 200: Type.Object({ removed: Count() }) },
    handle: async ({ caller, body }) => ok(await suppression.remove(caller, body.entries)),
  }),
  route({
    method: 'post',
    path: '/v1/suppression/check',
    reads: true,
    group: 'Suppression',
    permission: 'suppression.check',
    summary: 'Whether addresses may be contacted; an e-mail is also suppressed by its domain',
    body: entriesOf(SuppressionValue),
    answers: { 200: Type.Object({ results: ListOf(Suppressed, { maxItems: mostEntries }) }) },
    handle: async ({ caller, body }) => ok({ results: await suppression.check(caller, body.entries) }),
  }),
]
