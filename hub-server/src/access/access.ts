import { createHash, timingSafeEqual } from 'node:crypto'
import type { Logger } from 'pino'
import type { Db } from '../db/database.ts'
import { createApiKeys } from './api-keys.ts'
import { createAudit } from './audit/audit.ts'
import type { Caller } from './rights/caller.ts'
import { derivedKeys } from './derived-keys.ts'
import { firstWorkspace } from './first-start.ts'
import { createGate, type TokenReader } from './gate.ts'
import { createMail, type MailSettings } from './mail.ts'
import { createOneTimeLinks } from './one-time-links.ts'
import { createPeople } from './people.ts'
import { allPermissions } from './rights/permissions.ts'
import type { RequestCounts } from './request-limits/gcra.ts'
import { createRequestLimits, type LimitSettings } from './request-limits/limits.ts'
import { createSessions } from './sessions.ts'
import { createShortTokens } from './short-tokens.ts'
import { createSignIn } from './sign-in.ts'
import { createWrongKeys } from './wrong-keys.ts'

export interface AccessParts {
  readonly db: Db
  readonly log: Logger
  /** The keys that seal secrets: others are derived from them. The first is the newest. */
  readonly sealingKeys: readonly Buffer[]
  readonly publicUrl: string
  readonly cookieName: string
  readonly counts: RequestCounts
  readonly limits: LimitSettings
  readonly mail?: MailSettings
  /** Stands in the lock of the data folder: who has it may read that folder, and everything. */
  readonly ownerKey: string
  /** Tokens of other doors. */
  readonly readToken: TokenReader
}

export type Access = ReturnType<typeof createAccess>

/** What processes had begun that are gone is looked for so often. */
const takeUpEveryMs = 3_600_000

/** Everything about who may do what, put together. */
export const createAccess = (parts: AccessParts) => {
  const { db, log, publicUrl, cookieName, ownerKey } = parts
  const keys = createApiKeys(db)
  const people = createPeople(db)
  const sessions = createSessions(db)
  const links = createOneTimeLinks(db)
  const limits = createRequestLimits(parts.counts, parts.limits)
  const audit = createAudit(db, derivedKeys(parts.sealingKeys, 'audit'))
  const shortTokens = createShortTokens(derivedKeys(parts.sealingKeys, 'tokens'), publicUrl)
  const mail = parts.mail && createMail(parts.mail, publicUrl)
  const wrongKeys = createWrongKeys({ db, audit, log })
  const gate = createGate({
    keys,
    people,
    sessions,
    shortTokens,
    limits,
    cookieName,
    readToken: async (token, address, workspace) =>
      isSame(token, ownerKey) ? machineCaller(db, address, workspace) : parts.readToken(token, address, workspace),
    onWrong: wrongKeys.note,
  })
  const onFault = (thrown: unknown): void => log.error({ err: thrown }, 'a mail was not sent')
  const signIn = createSignIn({ people, sessions, links, limits, audit, ...(mail && { mail }), onFault })
  const onIntentFault = (thrown: unknown): void => log.error({ err: thrown }, 'the audit log could not take up intents')
  const looking = setInterval(() => void audit.takeUp(false).catch(onIntentFault), takeUpEveryMs).unref()
  const close = async (): Promise<void> => {
    clearInterval(looking)
    await wrongKeys.close()
    await audit.close()
  }
  return { keys, people, sessions, links, limits, audit, shortTokens, gate, signIn, sendLink: mail, close }
}

const isSame = (given: string, wanted: string): boolean => {
  const [one, other] = [given, wanted].map((text) => createHash('sha256').update(text).digest())
  return one !== undefined && other !== undefined && timingSafeEqual(one, other)
}

/** Somebody on the hub's machine who may read its data folder: could do all of it by hand. */
export const machineCaller = async (db: Db, address: string, workspace: string): Promise<Caller> => ({
  workspace: workspace || ((await firstWorkspace(db)) ?? ''),
  mode: 'test',
  actor: { kind: 'machine', id: 'machine', name: 'the hub’s machine' },
  permissions: new Set(allPermissions),
  address,
})
