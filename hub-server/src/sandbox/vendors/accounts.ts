import type { Clock } from './clock.ts'
import { createRecords, type Records } from './records.ts'

/** Accounts of one vendor whose records are kept; beyond it the one not used for longest goes. */
export const accountsKept = 100

/** The records of a vendor, account by account: no account sees another's. */
export const createAccounts = (clock: Clock) => {
  const accounts = new Map<string, Records>()
  let lagMs = 0
  return {
    /** From now on the vendor's search does not find what was created less than so many milliseconds ago. */
    lag: (ms: number): void => {
      lagMs = ms
    },
    of(account: string): Records {
      const records = accounts.get(account) ?? createRecords(clock, () => lagMs)
      accounts.delete(account)
      accounts.set(account, records)
      const oldest = accounts.keys().next()
      if (accounts.size > accountsKept && !oldest.done) accounts.delete(oldest.value)
      return records
    },
    names: (): string[] => [...accounts.keys()],
    reset: (): void => {
      accounts.clear()
      lagMs = 0
    },
  }
}
export type Accounts = ReturnType<typeof createAccounts>
