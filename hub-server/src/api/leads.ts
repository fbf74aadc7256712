import { Type, type Static } from 'typebox'
import { requirePermission } from '../access/rights/caller.ts'
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
const LeadPage = Type.Object({ leads: ListOf(Lead), next: Type.Optional(Line()) })

const Versioned = Type.Object({ version: Count({ description: '0: no rules of your own' }), rules: Rules })

export const leadRoutes = (open: (scope: Scope) => LeadStore, viewRules: ViewSettings): Route[] => [
  route({
    method: 'get',
    path: '/v1/leads',
    group: 'Leads',
    permission: 'leads.read',
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
    answers: { 200: LeadPage },
    people: ({ body }) => (body as Static<typeof LeadPage>).leads.length,
    handle: async ({ caller, query }) => {
      const { q, search = '', email, linkedin, limit, cursor } = query
      // What is masked could be guessed word by word.
      if (q !== '' || search !== '' || email !== undefined || linkedin !== undefined)
        requirePermission(caller, 'personal.read')
      const leads = await open(caller).search(`${q} ${search}`, limit, cursor, { email, linkedin })
      return ok({ leads, ...(leads.length === limit && { next: leads.at(-1)?.id }) })
    },
  }),
  route({
    method: 'post',
    path: '/v1/leads',
    group: 'Leads',
    permission: 'leads.write',
    summary: 'Store a lead: created, or updated if the person is known',
    body: Type.Object({
      lead: MapOf(Type.Unknown()),
      source: Line({ default: 'you' }),
      confidence: Type.Number({ minimum: 0, maximum: 1, default: 0.9 }),
      legalBasis: Type.Optional(Id()),
    }),
    answers: { 200: Type.Object({ lead: Lead, outcome: Id() }) },
    handle: async ({ caller, body }) => {
      const { lead, ...from } = body
      return ok(await open(caller).upsert(lead, from))
    },
  }),
  route({
    method: 'get',
    path: '/v1/leads/{id}',
    group: 'Leads',
    permission: 'leads.read',
    summary: 'A stored lead',
    answers: { 200: Lead },
    handle: async ({ caller, params }) => ok(await open(caller).get(idOf(params))),
  }),
  route({
    method: 'get',
    path: '/v1/leads/{id}/facts',
    group: 'Leads',
    permission: 'leads.read',
    summary: 'Everything known of a lead, with source, time and confidence',
    answers: { 200: Type.Object({ facts: ListOf(Fact, { maxItems: lengths.manyEntries }) }) },
    handle: async ({ caller, params }) => ok({ facts: await open(caller).facts(idOf(params)) }),
  }),
  route({
    method: 'post',
    path: '/v1/leads/{id}/merge',
    group: 'Leads',
    permission: 'leads.write',
    summary: 'Merge a lead into another; the old id still resolves, and it can be undone',
    body: Type.Object({ into: Id() }),
    answers: { 200: Lead },
    handle: async ({ caller, params, body }) => ok(await open(caller).merge(idOf(params), body.into)),
  }),
  route({
    method: 'delete',
    path: '/v1/leads/{id}/merge',
    group: 'Leads',
    permission: 'leads.write',
    summary: 'Undo the merge of a lead: it is one of its own again, and both show what they showed before',
    answers: { 200: Lead },
    handle: async ({ caller, params }) => ok(await open(caller).unmerge(idOf(params))),
  }),
  route({
    method: 'delete',
    path: '/v1/leads/{id}',
    group: 'Leads',
    permission: 'leads.delete',
    summary: 'Delete a lead with all that is known of it, and of those merged into it',
    answers: { 204: null },
    handle: async ({ caller, params }) => noContent(open(caller).remove(idOf(params))),
  }),
  route({
    method: 'get',
    path: '/v1/settings/view-rules',
    group: 'Leads',
    permission: 'leads.read',
    summary: 'How the shown value of a field is chosen among all that is known',
    answers: { 200: Versioned },
    handle: async ({ caller }) => ok(await viewRules.read(caller)),
  }),
  route({
    method: 'put',
    path: '/v1/settings/view-rules',
    group: 'Leads',
    permission: 'settings.write',
    summary: 'Choose otherwise; stored leads follow in the background',
    body: Type.Object({ rules: Rules }),
    answers: { 200: Versioned },
    handle: async ({ caller, body }) => ok(await viewRules.write(caller, body.rules)),
  }),
]
