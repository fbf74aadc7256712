import { setTimeout as pause } from 'node:timers/promises'
import { HubError } from '../contracts/errors.ts'
import type { Scope } from '../contracts/scope.ts'
import type { StoredToken, TokenStore } from '../contracts/token.ts'
import type { Connections } from './connections.ts'

const lookMs = 200
/** Somewhat longer than a renewal has the right to take. */
const longestWaitMs = 65_000

type Make = (old: StoredToken | null) => Promise<StoredToken>

/**
 * Tokens of log-ins, sealed with their connection; those of the sandbox's own accounts are kept in memory.
 * A renewal is done by one caller of one process; the others wait and read what it stored.
 */
export const createTokens = (connections: Connections) => {
  const renewing = new Map<string, Promise<StoredToken>>()
  const unsaved = new Map<string, StoredToken>()

  /** The lease is held by nobody else: what is stored now is the last word, for somebody may just have renewed it. */
  const renewAlone = async (scope: Scope, connection: string, lease: string, make: Make): Promise<StoredToken> => {
    try {
      const old = read((await connections.readToken(scope, connection)).token)
      const fresh = await make(old)
      if (fresh === old) await connections.endRenewal(scope, connection, lease)
      else await connections.saveToken(scope, connection, JSON.stringify(fresh), lease)
      return fresh
    } catch (thrown) {
      await connections.endRenewal(scope, connection, lease)
      if (thrown instanceof HubError && thrown.kind === 'unauthorized')
        await connections.noteRefusal(scope, connection, thrown.message)
      throw thrown
    }
  }

  /** @throws HubError timeout when another process neither renews it nor gives it up */
  const renewOnce = async (scope: Scope, connection: string, make: Make): Promise<StoredToken> => {
    const before = (await connections.readToken(scope, connection)).token
    const until = performance.now() + longestWaitMs
    while (performance.now() < until) {
      const lease = await connections.beginRenewal(scope, connection)
      if (lease) return renewAlone(scope, connection, lease, make)
      for (let isUnderWay = true; isUnderWay && performance.now() < until;) {
        await pause(lookMs)
        const now = await connections.readToken(scope, connection)
        const renewed = now.token === before ? null : read(now.token)
        if (renewed) return renewed
        isUnderWay = now.isBeingRenewed
      }
    }
    throw new HubError('timeout', 'The connection’s token is being renewed, and that takes too long.', {
      advice: 'Try again in a minute.',
    })
  }

  return (scope: Scope, connection: string, isSaved: boolean): TokenStore => {
    const key = `${scope.workspace}/${scope.mode}/${connection}`
    const renewUnsaved = async (make: Make): Promise<StoredToken> => {
      const fresh = await make(unsaved.get(key) ?? sandboxed)
      unsaved.set(key, fresh)
      return fresh
    }
    return {
      get: async () =>
        isSaved ? read((await connections.readToken(scope, connection)).token) : (unsaved.get(key) ?? null),
      renew: (make) => {
        const underWay = renewing.get(key)
        if (underWay) return underWay
        const work = (isSaved ? renewOnce(scope, connection, make) : renewUnsaved(make)).finally(() =>
          renewing.delete(key),
        )
        renewing.set(key, work)
        return work
      },
    }
  }
}

/** Nobody connects a sandbox's own account by hand: it begins with a refresh token, which the sandbox takes. */
const sandboxed: StoredToken = { access: '', refresh: 'sandbox', expiresAt: 0 }

const read = (text: string | null): StoredToken | null => (text ? JSON.parse(text) : null)

export type Tokens = ReturnType<typeof createTokens>
