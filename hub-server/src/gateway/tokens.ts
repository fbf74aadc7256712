import type { Connections } from '../access/connections.ts'
import type { StoredToken, TokenStore } from '../connectors/index.ts'
import type { Scope } from '../contracts/scope.ts'

/**
 * Tokens of log-ins, sealed with their connection; those of the sandbox's own accounts are kept in memory.
 * A renewal is done by one caller; the others wait and read what it stored.
 */
export const createTokens = (connections: Connections) => {
  const renewing = new Map<string, Promise<StoredToken>>()
  const unsaved = new Map<string, StoredToken>()

  return (scope: Scope, connection: string, isSaved: boolean): TokenStore => {
    const key = `${scope.workspace}/${scope.mode}/${connection}`
    const get = async (): Promise<StoredToken | null> => {
      if (!isSaved) return unsaved.get(key) ?? null
      const text = await connections.readToken(scope, connection)
      return text ? JSON.parse(text) : null
    }
    const renew = async (make: (old: StoredToken | null) => Promise<StoredToken>): Promise<StoredToken> => {
      const fresh = await make(await get())
      if (isSaved) await connections.saveToken(scope, connection, JSON.stringify(fresh))
      else unsaved.set(key, fresh)
      return fresh
    }
    return {
      get,
      renew: (make) => {
        const underWay = renewing.get(key)
        if (underWay) return underWay
        const work = renew(make).finally(() => renewing.delete(key))
        renewing.set(key, work)
        return work
      },
    }
  }
}

export type Tokens = ReturnType<typeof createTokens>
