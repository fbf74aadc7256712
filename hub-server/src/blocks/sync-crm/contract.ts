import { Type } from 'typebox'
import { Id, Line, ListOf, Url } from '../../contracts/bounded.ts'
import { NotWritten } from '../../capabilities/records.ts'
import { choice, shown, type BlockContract } from '../../contracts/block.ts'

export const contract = {
  id: 'sync-crm',
  name: 'Sync CRM',
  description: 'Creates or updates the lead in your CRM, leaves alone what has not changed, and says what was written',
  item: Type.Object({
    email: Type.Optional(Line(shown({ title: 'E-Mail', description: 'What a contact is found by' }))),
  }),
  options: Type.Object({
    crm: Line({
      ...shown(
        { title: 'CRM', description: 'Which CRM to write to' },
        { kind: 'providers', capability: 'upsertRecords' },
      ),
      default: 'hubspot',
    }),
    object: choice(
      { contact: 'Contact', company: 'Company' },
      { title: 'Record', description: 'What to write', default: 'contact' },
    ),
    fields: ListOf(
      Type.Object({
        from: Line(shown({ title: 'Field of the Lead', description: 'e.g. score or company.employees' })),
        to: Line(shown({ title: 'Field in the CRM', description: 'Its internal name in the CRM' })),
      }),
      {
        ...shown(
          {
            title: 'Further Fields',
            description:
              'Name, e-mail, phone, title, company and address go where the CRM has a field for them; the result ' +
              'names those ' +
              'that were not written, and why. Add fields of your own here',
          },
          { kind: 'mapping' },
        ),
        default: [],
      },
    ),
    dryRun: Type.Boolean({
      ...shown({ title: 'Dry Run', description: 'Whether to only say what would be written' }),
      default: false,
    }),
  }),
  output: Type.Object({
    crm: Type.Object({
      provider: Id(),
      outcome: Type.Unsafe<'created' | 'updated' | 'unchanged' | 'would_create' | 'would_update'>({
        type: 'string',
        enum: ['created', 'updated', 'unchanged', 'would_create', 'would_update'],
      }),
      id: Type.Optional(Id({ description: 'Id of the record in the CRM' })),
      url: Type.Optional(Url()),
      written: ListOf(Line(), { description: 'Names of the fields that the CRM took' }),
      notWritten: ListOf(NotWritten, { description: 'Fields that were not written, and why' }),
    }),
  }),
  needs: [
    { oneOf: ['email'], when: { object: ['contact'] } },
    { oneOf: ['website', 'domain', 'company'], when: { object: ['company'] } },
  ],
  counted: 'crm.outcome',
} satisfies BlockContract
