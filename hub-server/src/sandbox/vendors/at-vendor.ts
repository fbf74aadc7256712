import { HubError } from '../../contracts/errors.ts'
import type { Vendor } from './load.ts'
import type { Records } from './records.ts'

/** What is done at a vendor itself, as a person there would: for tests and for who tries something out. */
export type AtVendor =
  | { readonly do: 'records'; readonly object: string; readonly account: string | null; readonly limit: number }
  | { readonly do: 'edit'; readonly object: string; readonly id: string; readonly fields: Record<string, unknown> }
  | { readonly do: 'drop'; readonly object: string; readonly id: string }
  | { readonly do: 'lag'; readonly ms: number }

/** @throws HubError not_found where no account has the record */
export const atVendor = ({ accounts }: Vendor, wanted: AtVendor): unknown => {
  switch (wanted.do) {
    case 'records': {
      const { object, account, limit } = wanted
      const names = account === null ? accounts.names() : [account]
      const found = names.flatMap((name) =>
        accounts
          .of(name)
          .find(object)
          .map((record) => ({ account: name, ...record })),
      )
      return { records: found.slice(0, limit) }
    }
    case 'edit':
      return holderOf(accounts, wanted).put(wanted.object, wanted.fields, wanted.id)
    case 'drop':
      return { dropped: holderOf(accounts, wanted).drop(wanted.object, wanted.id) }
    case 'lag':
      accounts.lag(wanted.ms)
      return {}
  }
}

/** The records of the account that holds one of them. */
const holderOf = (accounts: Vendor['accounts'], { object, id }: { object: string; id: string }): Records => {
  const holder = accounts.names().find((name) => accounts.of(name).get(object, id))
  if (holder === undefined) throw new HubError('not_found', `There is no ${object} ${id}.`)
  return accounts.of(holder)
}
