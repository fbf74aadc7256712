import { v2 } from 'pipedrive'
import { expect } from 'vitest'
import type { SdkAccount, SdkVendor } from '../vendor.ts'

const at = ({ base, key }: SdkAccount): v2.Configuration =>
  new v2.Configuration({ apiKey: key, basePath: `${base}/api/v2` })
const persons = (account: SdkAccount): v2.PersonsApi => new v2.PersonsApi(at(account))

const leadSource = '89abcdef0123456789abcdef0123456789abcdef'
const ada: v2.AddPersonRequest = {
  name: 'Ada Byron',
  emails: [{ value: 'ada@acme.example', primary: true, label: 'work' }],
  phones: [{ value: '+15550100', primary: true, label: 'work' }],
  custom_fields: { [leadSource]: 1 },
}
const item = {
  object: 'contact',
  key: 'Ada@acme.example',
  fields: { firstName: 'Ada', lastName: 'Byron', phone: '+15550100' },
  custom: { [leadSource]: 1 },
}

/** https://github.com/pipedrive/client-nodejs */
export const vendor: SdkVendor = {
  connector: 'pipedrive',
  sdk: 'pipedrive',
  keyPrefix: 'pd-',
  fields: (token) => ({ token }),
  jobs: [
    {
      name: 'looks for a person and creates it',
      sdk: async (account) => {
        const found = await persons(account).searchPersons({
          term: 'ada@acme.example',
          fields: 'email',
          exact_match: true,
          limit: 100,
        })
        expect(found.data?.items).toEqual([])
        const added = await persons(account).addPerson({ AddPersonRequest: ada })
        expect(added.data).toMatchObject({
          name: 'Ada Byron',
          first_name: 'Ada',
          emails: [{ value: 'ada@acme.example' }],
        })
      },
      operation: 'upsertRecords.contact',
      items: [item],
    },
    {
      name: 'looks for a person and updates it',
      before: async (account) => {
        await persons(account).addPerson({ AddPersonRequest: ada })
      },
      sdk: async (account) => {
        const found = await persons(account).searchPersons({
          term: 'ada@acme.example',
          fields: 'email',
          exact_match: true,
          limit: 100,
        })
        const id = found.data?.items?.[0]?.item?.id ?? 0
        const { phones = [] } = (await persons(account).getPerson({ id })).data ?? {}
        const number = { value: '+15550199', primary: true, label: 'work' }
        const updated = await persons(account).updatePerson({
          id,
          UpdatePersonRequest: {
            name: 'Ada King',
            phones: [number, ...phones.map((one) => ({ ...one, primary: false }))],
          },
        })
        expect(updated.data).toMatchObject({
          id,
          name: 'Ada King',
          phones: [number, { value: '+15550100', primary: false }],
        })
      },
      operation: 'upsertRecords.contact',
      items: [{ ...item, fields: { fullName: 'Ada King', phone: '+15550199' }, custom: {} }],
    },
    {
      name: 'lists the persons that changed',
      before: async (account) => {
        await persons(account).addPerson({ AddPersonRequest: ada })
      },
      sdk: async (account) => {
        const { data } = await persons(account).getPersons({
          updated_since: '2026-05-04T09:00:00Z',
          sort_by: 'update_time',
          sort_direction: 'asc',
          limit: 50,
        })
        expect(data).toMatchObject([{ name: 'Ada Byron', is_deleted: false }])
      },
      operation: 'listRecordChanges.contact',
      items: [{ object: 'contact', since: '2026-05-04T09:00:00.000Z', limit: 50 }],
    },
    {
      name: 'creates a deal',
      sdk: async (account) => {
        const deals = new v2.DealsApi(at(account))
        expect(
          (await deals.searchDeals({ term: 'Licences for Acme', fields: 'title', exact_match: true, limit: 100 })).data
            ?.items,
        ).toEqual([])
        const { data } = await deals.addDeal({
          AddDealRequest: { title: 'Licences for Acme', value: 1200, currency: 'EUR' },
        })
        expect(data).toMatchObject({ title: 'Licences for Acme', value: 1200, status: 'open' })
      },
      operation: 'upsertRecords.deal',
      items: [
        {
          object: 'deal',
          key: 'Licences for Acme',
          fields: { name: 'Licences for Acme', amount: 1200, currency: 'EUR' },
        },
      ],
    },
    {
      name: 'deletes a person',
      before: async (account) => {
        await persons(account).addPerson({ AddPersonRequest: ada })
      },
      sdk: async (account) => {
        expect((await persons(account).deletePerson({ id: 1001 })).data).toEqual({ id: 1001 })
      },
      operation: 'deleteRecords.contact',
      items: [{ object: 'contact', id: '1001' }],
    },
  ],
}
