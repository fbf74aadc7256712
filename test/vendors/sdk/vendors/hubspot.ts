import { Client } from '@hubspot/api-client'
import { FilterOperatorEnum } from '@hubspot/api-client/lib/codegen/crm/companies/models/Filter.js'
import { FilterOperatorEnum as ContactOperator } from '@hubspot/api-client/lib/codegen/crm/contacts/models/Filter.js'
import { expect } from 'vitest'
import type { SdkAccount, SdkVendor } from '../vendor.ts'

const crm = ({ base, key }: SdkAccount) => new Client({ accessToken: key, basePath: base }).crm

const contactProperties = [
  'email',
  'firstname',
  'lastname',
  'jobtitle',
  'phone',
  'mobilephone',
  'hs_linkedin_url',
  'company',
  'website',
  'city',
  'state',
  'country',
]

const since = '2026-05-04T09:00:00.000Z'

/** https://github.com/HubSpot/hubspot-api-nodejs */
export const vendor: SdkVendor = {
  connector: 'hubspot',
  sdk: '@hubspot/api-client',
  keyPrefix: 'pat-na1-',
  fields: (token) => ({ token }),
  jobs: [
    {
      name: 'writes three contacts: read by e-mail in one batch, one updated by id, two created',
      before: async (at) => {
        await crm(at).contacts.basicApi.create({
          properties: { email: 'ada@acme.example', firstname: 'A.', phone: '+15550100' },
          associations: [],
        })
      },
      sdk: async (at) => {
        const { batchApi } = crm(at).contacts
        const emails = ['ada@acme.example', 'bo@acme.example', 'cy@acme.example']
        const found = await batchApi.read({
          idProperty: 'email',
          inputs: emails.map((id) => ({ id })),
          properties: ['email', 'hs_additional_emails'],
          propertiesWithHistory: [],
        })
        expect(found.results.map(({ properties }) => properties.email)).toEqual(['ada@acme.example'])
        const id = found.results[0]?.id ?? ''
        const updated = await batchApi.update({
          inputs: [
            {
              id,
              objectWriteTraceId: 'ada@acme.example',
              properties: { firstname: 'Ada', lastname: 'Byron', jobtitle: 'CTO', lead_score: '87' },
            },
          ],
        })
        expect(updated.results[0]).toMatchObject({ id, properties: { firstname: 'Ada' } })
        const created = await batchApi.create({
          inputs: [
            {
              objectWriteTraceId: 'bo@acme.example',
              properties: { email: 'bo@acme.example', firstname: 'Bo' },
              associations: [],
            },
            {
              objectWriteTraceId: 'cy@acme.example',
              properties: { email: 'cy@acme.example', company: 'Acme', city: 'Wien', country: 'AT' },
              associations: [],
            },
          ],
        })
        expect(created.results).toHaveLength(2)
        expect(created.results[0]?.createdAt).toBeInstanceOf(Date)
      },
      operation: 'upsertRecords.contact',
      items: [
        {
          object: 'contact',
          key: 'Ada@acme.example',
          fields: { email: 'ada@acme.example', firstName: 'Ada', lastName: 'Byron', title: 'CTO' },
          custom: { lead_score: 87 },
        },
        { object: 'contact', key: 'bo@acme.example', fields: { firstName: 'Bo' } },
        { object: 'contact', key: 'cy@acme.example', fields: { company: 'Acme', city: 'Wien', country: 'AT' } },
      ],
    },
    {
      name: 'searches a contact by e-mail',
      before: async (at) => {
        await crm(at).contacts.basicApi.create({
          properties: { email: 'ada@acme.example', firstname: 'Ada' },
          associations: [],
        })
      },
      sdk: async (at) => {
        const found = await crm(at).contacts.searchApi.doSearch({
          filterGroups: [
            { filters: [{ propertyName: 'email', operator: ContactOperator.Eq, value: 'ada@acme.example' }] },
          ],
          properties: contactProperties,
          limit: 10,
        })
        expect(found.total).toBe(1)
        expect(found.results[0]?.properties).toMatchObject({
          email: 'ada@acme.example',
          firstname: 'Ada',
          lastname: null,
        })
      },
      operation: 'searchRecords.contact',
      items: [{ object: 'contact', where: [{ field: 'email', is: 'equal', value: 'ada@acme.example' }], limit: 10 }],
    },
    {
      name: 'lists the contacts that changed, page by page',
      before: async (at) => {
        const inputs = Array.from({ length: 100 }, (_, number) => number)
        for (const round of ['a', 'b', 'c'])
          await crm(at).contacts.batchApi.create({
            inputs: inputs.map((number) => ({
              properties: { email: `${round}${number}@acme.example` },
              associations: [],
            })),
          })
      },
      sdk: async (at) => {
        const wanted = {
          filterGroups: [
            {
              filters: [
                { propertyName: 'lastmodifieddate', operator: ContactOperator.Gte, value: String(Date.parse(since)) },
              ],
            },
          ],
          sorts: ['lastmodifieddate'],
          properties: contactProperties,
        }
        const { searchApi } = crm(at).contacts
        const first = await searchApi.doSearch({ ...wanted, limit: 200 })
        const second = await searchApi.doSearch({ ...wanted, limit: 50, after: first.paging?.next?.after ?? 'none' })
        expect([first.total, first.results.length, second.results.length]).toEqual([300, 200, 50])
        expect(second.results[0]?.properties.email).toBe('c0@acme.example')
      },
      operation: 'listRecordChanges.contact',
      items: [{ object: 'contact', since, limit: 250 }],
    },
    {
      name: 'lists the properties of contacts',
      sdk: async (at) => {
        const { results } = await crm(at).properties.coreApi.getAll('contacts')
        expect(results.find(({ name }) => name === 'lead_topics')).toMatchObject({
          type: 'enumeration',
          fieldType: 'checkbox',
          hubspotDefined: false,
        })
      },
      operation: 'describeFields.contact',
      items: [{ object: 'contact' }],
    },
    {
      name: 'lists the properties of companies',
      sdk: async (at) => {
        const { results } = await crm(at).properties.coreApi.getAll('companies')
        expect(results.find(({ name }) => name === 'domain')?.hasUniqueValue).toBe(false)
      },
      operation: 'describeFields.company',
      items: [{ object: 'company' }],
    },
    {
      name: 'finds companies by domain, updates the one that is there and creates the other',
      before: async (at) => {
        await crm(at).companies.basicApi.create({
          properties: { domain: 'acme.example', name: 'Acme' },
          associations: [],
        })
      },
      sdk: async (at) => {
        const { searchApi, batchApi } = crm(at).companies
        const found = await searchApi.doSearch({
          filterGroups: [
            {
              filters: [
                { propertyName: 'domain', operator: FilterOperatorEnum.In, values: ['acme.example', 'brook.example'] },
              ],
            },
          ],
          sorts: ['createdate'],
          properties: ['domain'],
          limit: 200,
        })
        const id = found.results[0]?.id ?? ''
        const updated = await batchApi.update({
          inputs: [
            {
              id,
              objectWriteTraceId: 'acme.example',
              properties: { domain: 'acme.example', name: 'Acme Ltd', numberofemployees: '250' },
            },
          ],
        })
        const created = await batchApi.create({
          inputs: [
            {
              objectWriteTraceId: 'brook.example',
              properties: { domain: 'brook.example', name: 'Brook', industry: 'COMPUTER_SOFTWARE' },
              associations: [],
            },
          ],
        })
        expect(updated.results[0]?.id).toBe(id)
        expect(created.results[0]?.properties).toMatchObject({ domain: 'brook.example', name: 'Brook' })
      },
      operation: 'upsertRecords.company',
      items: [
        {
          object: 'company',
          key: 'acme.example',
          fields: { domain: 'acme.example', name: 'Acme Ltd', employees: 250 },
        },
        { object: 'company', key: 'Brook.example', fields: { name: 'Brook', industry: 'Computer Software' } },
      ],
    },
  ],
}
