import { Connection } from 'jsforce'
import { expect } from 'vitest'
import type { SdkAccount, SdkVendor } from '../vendor.ts'

const org = ({ base, key }: SdkAccount): Connection =>
  new Connection({ instanceUrl: base, accessToken: key, version: '62.0' })

const people = [
  { Email: 'ada@acme.example', FirstName: 'Ada', LastName: 'Byron', Title: 'CTO', Score__c: 87 },
  { Email: 'bo@acme.example', LastName: 'Lind', MailingCity: 'Wien', MailingCountry: 'AT' },
]
const upsertPeople = (at: SdkAccount) => org(at).sobject('Contact').upsert(people, 'Email')

/** SOQL that the connector writes. */
const all = 'SELECT FIELDS(STANDARD) FROM Contact'
const since = '2026-05-04T09:00:00.000Z'

/** https://github.com/jsforce/jsforce */
export const vendor: SdkVendor = {
  connector: 'salesforce',
  sdk: 'jsforce',
  keyPrefix: 'sf-',
  fields: () => ({ clientId: 'consumer-key', clientSecret: 'consumer-secret' }),
  token: (access, { base }) => ({ access, refresh: 'sf-refresh', extra: { instance: base } }),
  jobs: [
    {
      name: 'upserts contacts by e-mail in one batch',
      sdk: async (at) => {
        const results = await upsertPeople(at)
        expect(results).toMatchObject([
          { success: true, created: true, errors: [] },
          { success: true, created: true, errors: [] },
        ])
      },
      operation: 'upsertRecords.contact',
      items: [
        {
          object: 'contact',
          key: 'Ada@acme.example',
          fields: { email: 'ada@acme.example', firstName: 'Ada', lastName: 'Byron', title: 'CTO' },
          custom: { Score__c: 87 },
        },
        { object: 'contact', key: 'bo@acme.example', fields: { lastName: 'Lind', city: 'Wien', country: 'AT' } },
      ],
    },
    {
      name: 'upserts accounts by an external id',
      sdk: async (at) => {
        const [first] = await org(at)
          .sobject('Account')
          .upsert(
            [{ AI_Now_Key__c: 'acme.example', Name: 'Acme', Website: 'https://acme.example', NumberOfEmployees: 250 }],
            'AI_Now_Key__c',
          )
        expect(first).toMatchObject({ success: true, created: true })
      },
      operation: 'upsertRecords.company',
      items: [
        {
          object: 'company',
          key: 'Acme.example',
          fields: { name: 'Acme', website: 'https://acme.example', employees: 250 },
        },
      ],
    },
    {
      name: 'searches a contact by e-mail',
      before: async (at) => {
        await upsertPeople(at)
      },
      sdk: async (at) => {
        const { records, totalSize } = await org(at).query(`${all} WHERE Email = 'ada@acme.example' LIMIT 10`)
        expect(totalSize).toBe(1)
        expect(records).toMatchObject([{ FirstName: 'Ada', LastName: 'Byron', Title: 'CTO' }])
      },
      operation: 'searchRecords.contact',
      items: [{ object: 'contact', where: [{ field: 'email', is: 'equal', value: 'ada@acme.example' }], limit: 10 }],
    },
    {
      name: 'reads what a search finds to its end, page by page',
      before: async (at) => {
        const records = Array.from({ length: 2010 }, (_, number) => ({
          Email: `p${number}@acme.example`,
          LastName: `P${number}`,
        }))
        await org(at).sobject('Contact').upsert(records, 'Email', { allowRecursive: true })
      },
      sdk: async (at) => {
        const { records } = await org(at).query(`${all} LIMIT 3000`, { autoFetch: true, maxFetch: 3000 })
        expect(records).toHaveLength(2010)
      },
      operation: 'searchRecords.contact',
      items: [{ object: 'contact', limit: 3000 }],
    },
    {
      name: 'lists what changed, with what was deleted',
      before: async (at) => {
        await upsertPeople(at)
        await org(at).sobject('Contact').delete(['003000000001001'])
      },
      sdk: async (at) => {
        const { records } = await org(at).query(
          `${all} WHERE SystemModstamp >= ${since} ORDER BY SystemModstamp LIMIT 50`,
          { scanAll: true },
        )
        expect(records.map(({ IsDeleted }) => IsDeleted as boolean)).toEqual([false, true])
      },
      operation: 'listRecordChanges.contact',
      items: [{ object: 'contact', since, limit: 50 }],
    },
    {
      name: 'lists the fields of contacts',
      sdk: async (at) => {
        const { fields } = await org(at).sobject('Contact').describe()
        expect(fields.find(({ name }) => name === 'LeadSource')).toMatchObject({ type: 'picklist', updateable: true })
      },
      operation: 'describeFields.contact',
      items: [{ object: 'contact' }],
    },
    {
      name: 'deletes contacts in one batch',
      before: async (at) => {
        await upsertPeople(at)
      },
      sdk: async (at) => {
        expect(await org(at).sobject('Contact').delete(['003000000001001', '003000000001002'])).toMatchObject([
          { success: true },
          { success: true },
        ])
      },
      operation: 'deleteRecords.contact',
      items: [
        { object: 'contact', id: '003000000001001' },
        { object: 'contact', id: '003000000001002' },
      ],
    },
  ],
}
