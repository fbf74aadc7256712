import type { Logger } from 'pino'
import type { Db } from '../db/database.ts'
import type { Audit } from './audit/audit.ts'
import { firstWorkspace } from './first-start.ts'

/** What came together within so long is told of together; milliseconds. */
const gatheredMs = 10_000
const mostAddresses = 1_000

interface Tried {
  count: number
  /** Ids that the keys said they have. */
  readonly keys: Set<string>
}

/**
 * Wrong keys, told of in the log and in the audit log: by address, with how many came, and which keys they said they
 * are.
 */
export const createWrongKeys = ({ db, audit, log }: { db: Db; audit: Audit; log: Logger }) => {
  let tried = new Map<string, Tried>()
  let timer: NodeJS.Timeout | undefined
  let telling: Promise<void> = Promise.resolve()

  const workspaceOf = async (keys: ReadonlySet<string>): Promise<string | undefined> => {
    if (keys.size === 0) return firstWorkspace(db)
    const row = await db
      .selectFrom('api_key')
      .select('workspace')
      .where('id', 'in', [...keys])
      .limit(1)
      .executeTakeFirst()
    return row?.workspace ?? firstWorkspace(db)
  }

  const tell = async (all: ReadonlyMap<string, Tried>): Promise<void> => {
    for (const [address, { count, keys }] of all) {
      log.warn({ address, count, keys: [...keys] }, 'wrong keys came from an address')
      const workspace = await workspaceOf(keys)
      if (workspace === undefined) continue
      await audit.add({
        workspace,
        mode: null,
        actor: { kind: 'hub', id: 'hub', name: 'the hub' },
        address,
        action: 'key.refused',
        outcome: 'refused',
        details: { count, ...(keys.size > 0 && { keys: [...keys] }) },
      })
    }
  }

  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    const all = tried
    tried = new Map()
    telling = telling.then(() => tell(all)).catch((thrown: unknown) => log.error({ err: thrown }, 'wrong keys'))
  }

  return {
    note: (address: string, key: string | undefined): void => {
      const known = tried.get(address) ?? { count: 0, keys: new Set<string>() }
      known.count++
      if (key !== undefined && known.keys.size < 20) known.keys.add(key)
      tried.set(address, known)
      if (tried.size >= mostAddresses) flush()
      else timer ??= setTimeout(flush, gatheredMs).unref()
    },
    close: async (): Promise<void> => {
      flush()
      await telling
    },
  }
}
