import { createHash } from 'node:crypto'
import mailchimp from '@mailchimp/mailchimp_marketing'
import { expect } from 'vitest'
import type { SdkAccount, SdkVendor } from '../vendor.ts'

const list = 'a1b2c3d4e5'
const hashOf = (email: string): string => createHash('md5').update(email).digest('hex')

/** The SDK is one object for the whole process, and takes a data centre where this needs an address. */
const client = ({ base, key }: SdkAccount): typeof mailchimp => {
  mailchimp.setConfig({ apiKey: key, server: 'us21' })
  return Object.assign(mailchimp, { basePath: `${base}/3.0` })
}

/** Without the types, which are not Mailchimp's own and demand what the API does not. */
const batch =
  (at: SdkAccount) =>
  (id: string, body: object): unknown =>
    Reflect.apply(client(at).lists.batchListMembers, mailchimp.lists, [id, body])

/** https://github.com/mailchimp/mailchimp-marketing-node */
export const vendor: SdkVendor = {
  connector: 'mailchimp',
  sdk: '@mailchimp/mailchimp_marketing',
  keyPrefix: 'mc-us21-',
  fields: (apiKey) => ({ apiKey }),
  jobs: [
    {
      name: 'puts a person on a list, with tags',
      sdk: async (at) => {
        const { lists } = client(at)
        const member = await lists.setListMember(list, hashOf('ada@acme.example'), {
          email_address: 'ada@acme.example',
          status_if_new: 'subscribed',
          merge_fields: { FNAME: 'Ada', LNAME: 'Byron' },
        })
        expect(member).toMatchObject({ id: hashOf('ada@acme.example'), status: 'subscribed' })
        await lists.updateListMemberTags(list, hashOf('ada@acme.example'), {
          tags: [{ name: 'Hot', status: 'active' }],
        })
      },
      operation: 'addToAudience',
      items: [{ list, email: 'Ada@acme.example', fields: { firstName: 'Ada', lastName: 'Byron' }, tags: ['Hot'] }],
    },
    {
      name: 'puts two persons on a list in one batch',
      sdk: async (at) => {
        const members = [
          { email_address: 'ada@acme.example', status: 'subscribed', merge_fields: { FNAME: 'Ada' } },
          { email_address: 'bo@acme.example', status: 'subscribed', merge_fields: { LNAME: 'Lind' } },
        ]
        expect(await batch(at)(list, { members, update_existing: true })).toMatchObject({
          total_created: 2,
          error_count: 0,
        })
      },
      operation: 'addToAudience',
      items: [
        { list, email: 'ada@acme.example', fields: { firstName: 'Ada' } },
        { list, email: 'bo@acme.example', fields: { lastName: 'Lind' } },
      ],
    },
    {
      name: 'lists the lists',
      sdk: async (at) => {
        const found = await client(at).lists.getAllLists({
          fields: ['lists.id', 'lists.name', 'total_items'],
          count: 100,
          offset: 0,
        })
        expect(found).toMatchObject({ total_items: 2 })
      },
      operation: 'listOptions.list',
      items: [{ of: 'list', limit: 100 }],
    },
  ],
}
