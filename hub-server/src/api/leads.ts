import { Type } from 'typebox'
import { Fact } from '../contracts/facts.ts'
import { Lead } from '../contracts/lead.ts'
import type { Scope } from '../contracts/scope.ts'
import type { LeadStore } from '../leads/store.ts'
import { ok, route, type Route } from './route.ts'
import { idOf } from './runs.ts'

export const leadRoutes = (open: (scope: Scope) => LeadStore): Route[] => [
  route({
    method: 'get',
    path: '/v1/leads',
    group: 'Leads',
    summary: 'Search the stored leads, newest first',
    query: Type.Object({
      q: Type.String({ default: '', description: 'Words that must all occur' }),
      limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }),
      cursor: Type.Optional(Type.String()),
    }),
    answers: { 200: Type.Object({ leads: Type.Array(Lead), next: Type.Optional(Type.String()) }) },
    handle: async ({ holder, query }) => {
      const leads = await open(holder).search(query.q, query.limit, query.cursor)
      return ok({ leads, ...(leads.length === query.limit && { next: leads.at(-1)?.id }) })
    },
  }),
  route({
    method: 'post',
    path: '/v1/leads',
    group: 'Leads',
    summary: 'Store a lead: created, or updated if the person is known',
    body: Type.Object({
      lead: Type.Record(Type.String(), Type.Unknown()),
      source: Type.String({ default: 'you' }),
      confidence: Type.Number({ minimum: 0, maximum: 1, default: 0.9 }),
      legalBasis: Type.Optional(Type.String()),
    }),
    answers: { 200: Type.Object({ lead: Lead, outcome: Type.String() }) },
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
    answers: { 200: Type.Object({ facts: Type.Array(Fact) }) },
    handle: async ({ holder, params }) => ok({ facts: await open(holder).facts(idOf(params)) }),
  }),
  route({
    method: 'post',
    path: '/v1/leads/{id}/merge',
    group: 'Leads',
    summary: 'Merge a lead into another; the old id still resolves',
    body: Type.Object({ into: Type.String() }),
    answers: { 200: Lead },
    handle: async ({ holder, params, body }) => ok(await open(holder).merge(idOf(params), body.into)),
  }),
]
