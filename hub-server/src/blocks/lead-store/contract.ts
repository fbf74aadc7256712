import { Type } from 'typebox'
import { Id, Line, Url } from '../../contracts/bounded.ts'
import { choice, shown, type BlockContract } from '../../contracts/block.ts'
import { Lead } from '../../contracts/lead.ts'

export const contract = {
  id: 'lead-store',
  name: 'Lead Store',
  description: 'Keeps leads in the hub: each person once, with the source of every field',
  permissions: ['leads.read'],
  item: Type.Object({
    leadId: Type.Optional(
      Id(
        shown({
          title: 'Lead ID',
          description: 'Id of a stored lead. To store: only to name which one',
          advanced: true,
        }),
      ),
    ),
    email: Type.Optional(Line(shown({ title: 'E-Mail', description: 'What a stored lead is found by' }))),
    linkedin: Type.Optional(Url(shown({ title: 'LinkedIn', description: 'Also finds a stored lead', advanced: true }))),
    mergeInto: Type.Optional(
      Id(shown({ title: 'Merge Into', description: 'Id of the lead that stays. To merge only', advanced: true })),
    ),
    searchFor: Type.Optional(
      Line(
        shown({
          title: 'Search For',
          description: 'Words in name, e-mail, title or company. To search only',
          advanced: true,
        }),
      ),
    ),
  }),
  options: Type.Object({
    operation: choice(
      { upsert: 'Create or Update', get: 'Get', search: 'Search', merge: 'Merge' },
      { title: 'Operation', description: 'What to do', default: 'upsert' },
    ),
    source: Line({
      ...shown({ title: 'Source', description: 'Where these leads come from; kept with every field', advanced: true }),
      default: 'you',
    }),
    limit: Type.Integer({
      ...shown({ title: 'Limit', description: 'Max number of results to return. To search only', advanced: true }),
      minimum: 1,
      maximum: 1000,
      default: 50,
    }),
  }),
  output: Type.Object({
    lead: Lead,
    outcome: Type.Unsafe<'created' | 'updated' | 'unchanged' | 'found' | 'merged'>({
      type: 'string',
      enum: ['created', 'updated', 'unchanged', 'found', 'merged'],
    }),
  }),
  needs: [
    { oneOf: ['leadId', 'email', 'linkedin'], when: { operation: ['get', 'merge'] } },
    { oneOf: ['mergeInto'], when: { operation: ['merge'] } },
    { oneOf: ['searchFor'], when: { operation: ['search'] } },
  ],
  counted: 'outcome',
} satisfies BlockContract
