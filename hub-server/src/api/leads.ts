import { Type } from 'typebox'
import { Count, Id, lengths, Line, ListOf, MapOf, Url } from '../contracts/bounded.ts'
import { Fact, ViewRule } from '../contracts/facts.ts'
import { Lead } from '../contracts/lead.ts'
import type { Scope } from '../contracts/scope.ts'
import type { LeadStore } from '../leads/store.ts'
import type { VersionedRules } from '../leads/view-rules.ts'
import { noContent, ok, route, type Route } from './route.ts'
import { idOf } from './runs.ts'

/** How a workspace has its views chosen. */
export interface ViewSettings {
  readonly read: (scope: Scope) => Promise<VersionedRules>
  readonly write: (scope: Scope, rules: Record<string, ViewRule>) => Promise<VersionedRules>
}

const Rules = Type.Record(Type.String({ minLength: 1, maxLength: 200 }), ViewRule, {
  maxProperties: lengths.entries,
  description: 'Field → its rule; of a company: by its own field',
})
const Versioned = Type.Object({ version: Count({ description: '0: no rules of your own' }), rules: Rules })

export const leadRoutes = (open: (scope: Scope) => LeadStore, viewRules: ViewSettings): Route[] => [
  route({
    method: 'get',
    path: '/v1/leads',
    group: 'Leads',
    summary: 'Search the stored leads, newest first',
    query: Type.Object({
      q: Line({
        default: '',
        description: 'Words that must all occur: in names, addresses, titles, the company',
      }),
      search: Type.Optional(Line({ description: 'The same as q' })),
      email: Type.Optional(Line({ description: 'Only whose address this is, in any spelling' })),
      linkedin: Type.Optional(Url({ description: 'Only whose profile this is, in any spelling' })),
      limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }),
      cursor: Type.Optional(Id()),
    }),
    answers: { 200: Type.Object({ leads: ListOf(Lead), next: Type.Optional(Line()) }) },
    handle: async ({ holder, query }) => {
      const { q, search = '', email, linkedin, limit, cursor } = query
      const leads = await open(holder).search(`${q} ${search}`, limit, cursor, { email, linkedin })
      return ok({ leads, ...(leads.length === limit && { next: leads.at(-1)?.id }) })
    },
  }),
  route({
    method: 'post',
    path: '/v1/leads',
    group: 'Leads',
    summary: 'Store a lead: created, or updated if the person is known',
    body: Type.Object({
      lead: MapOf(Type.Unknown()),
      source: Line({ default: 'you' }),
      confidence: Type.Number({ minimum: 0, maximum: 1, default: 0.9 }),
      legalBasis: Type.Optional(Id()),
    }),
    answers: { 200: Type.Object({ lead: Lead, outcome: Id() }) },
    handle: async ({ holder, body }) => {
      const { lead, ...from } = body
      return ok(await open(holder).upsert(lead, from))
    },
  }),
  route({
    method: 'get',
    path: '/v1/leads/{id}',
    group: 'Leads',
    summary: 'A stored lead',
    answers: { 200: Lead },
    handle: async ({ holder, params }) => ok(await open(holder).get(idOf(params))),
  }),
  route({
    method: 'get',
    path: '/v1/leads/{id}/facts',
    group: 'Leads',
    summary: 'Everything known of a lead, with source, time and confidence',
    answers: { 200: Type.Object({ facts: ListOf(Fact, { maxItems: lengths.manyEntries }) }) },
    handle: async ({ holder, params }) => ok({ facts: await open(holder).facts(idOf(params)) }),
  }),
  route({
    method: 'post',
    path: '/v1/leads/{id}/merge',
    group: 'Leads',
    summary: 'Merge a lead into another; the old id still resolves, and it can be undone',
    body: Type.Object({ into: Id() }),
    answers: { 200: Lead },
    handle: async ({ holder, params, body }) => ok(await open(holder).merge(idOf(params), body.into)),
  }),
  route({
    method: 'delete',
    path: '/v1/leads/{id}/merge',
    group: 'Leads',
    summary: 'Undo the merge of a lead: it is one of its own again, and both show what they showed before',
    answers: { 200: Lead },
    handle: async ({ holder, params }) => ok(await open(holder).unmerge(idOf(params))),
  }),
  route({
    method: 'delete',
    path: '/v1/leads/{id}',
    group: 'Leads',
    summary: 'Delete a lead with all that is known of it, and of those merged into it',
    answers: { 204: null },
    handle: async ({ holder, params }) => noContent(open(holder).remove(idOf(params))),
  }),
  route({
    method: 'get',
    path: '/v1/settings/view-rules',
    group: 'Leads',
    summary: 'How the shown value of a field is chosen among all that is known',
    answers: { 200: Versioned },
    handle: async ({ holder }) => ok(await viewRules.read(holder)),
  }),
  route({
    method: 'put',
    path: '/v1/settings/view-rules',
    group: 'Leads',
    summary: 'Choose otherwise; stored leads follow in the background',
    body: Type.Object({ rules: Rules }),
    answers: { 200: Versioned },
    handle: async ({ holder, body }) => ok(await viewRules.write(holder, body.rules)),
  }),
]
