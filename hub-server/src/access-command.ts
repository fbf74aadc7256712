import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { machineCaller } from './access/access.ts'
import { derivedKeys } from './access/derived-keys.ts'
import { createApiKeys, type ApiKeys } from './access/api-keys.ts'
import { createAudit } from './access/audit/audit.ts'
import type { Caller } from './access/rights/caller.ts'
import {
  keyOptions,
  keyTable,
  linkText,
  madeKeyText,
  personFor,
  readKeyOrder,
  revokedText,
  rotatedText,
  WrongWords,
  type KeyOrder,
} from './access/command-words.ts'
import { firstStart } from './access/first-start.ts'
import { linkTo } from './access/mail.ts'
import { createOneTimeLinks } from './access/one-time-links.ts'
import { createPeople } from './access/people.ts'
import { keysFromFile } from './accounts/sealing.ts'
import { limitsOf, requireOverlap, shownKey } from './api/keys.ts'
import type { Config } from './config.ts'
import { HubError } from './contracts/errors.ts'
import { openDatabase, type Db } from './db/database.ts'

const hourMs = 3_600_000

type Note = (action: string, subject: string, details: Record<string, unknown>) => Promise<void>

/**
 * `hub keys …` and `hub sign-in-link [e-mail]`, as a process of their own, while no hub has the data folder.
 * @throws HubError with what to do
 */
export const accessCommand = async (
  command: 'keys' | 'sign-in-link',
  words: string[],
  config: Config,
): Promise<void> => {
  const work = readWords(() => (command === 'keys' ? keysWork(words) : linkWork(words, config)))
  const database = await openDatabase({ url: config.databaseUrl, folder: config.data, leastFree: config.leastFree })
  try {
    await firstStart(database.db, config.data)
    const caller = await machineCaller(database.db, '', work.workspace)
    const text = await noting(database.db, config, caller, (note) => work.run(database.db, caller, note))
    process.stdout.write(`${text}\n`)
  } finally {
    await database.close()
  }
}

interface Work {
  readonly workspace: string
  /** @returns what it says */
  readonly run: (db: Db, caller: Caller, note: Note) => Promise<string>
}

const readWords = <Value>(read: () => Value): Value => {
  try {
    return read()
  } catch (cause) {
    throw cause instanceof HubError
      ? cause
      : new HubError('invalid_input', sentenceOf(cause), {
          advice: './hub help shows every command and option.',
          cause,
        })
  }
}

/** Node's first sentence names the option; what follows advises programmers. */
const sentenceOf = (cause: unknown): string => {
  const text = cause instanceof Error ? cause.message : String(cause)
  return cause instanceof WrongWords ? text : `${text.split(/\. |\n/)[0]}.`
}

const keysWork = (words: string[]): Work => {
  const { values, positionals } = parseArgs({ args: words, options: keyOptions, allowPositionals: true })
  const order = readKeyOrder(positionals, values)
  const run: Work['run'] = (db, caller, note) => obey(createApiKeys(db), caller, order, note)
  return { workspace: values.workspace ?? '', run }
}

const obey = async (keys: ApiKeys, caller: Caller, order: KeyOrder, note: Note): Promise<string> => {
  const { workspace, actor } = caller
  if (order.what === 'list') return keyTable((await keys.list(workspace)).map(shownKey))
  if (order.what === 'revoke') {
    const revoked = await keys.revoke(workspace, order.id)
    await note('key.revoked', order.id, {})
    return revokedText(revoked)
  }
  if (order.what === 'rotate') {
    requireOverlap(order.overlapHours)
    const { key, secret } = await keys.rotate(workspace, order.id, order.overlapHours * hourMs, actor.name)
    await note('key.rotated', order.id, { replacedBy: key.id, overlapHours: order.overlapHours })
    return `${madeKeyText(key, secret)}\n${rotatedText(order.id, order.overlapHours)}`
  }
  const { key, secret } = await keys.make(workspace, limitsOf(caller, order.key), actor.name)
  const { name, mode, scopes, readOnly } = key
  await note('key.made', key.id, { after: { name, mode, scopes, readOnly } })
  return madeKeyText(key, secret)
}

const linkWork = (words: string[], config: Config): Work => {
  const options = { workspace: { type: 'string' } } as const
  const { values, positionals } = parseArgs({ args: words, options, allowPositionals: true })
  const [email, extra] = positionals
  if (extra !== undefined) throw new WrongWords(`“${extra}” is one word too many.`)
  const run: Work['run'] = async (db, { workspace }, note) => {
    const people = await createPeople(db).list(workspace)
    const { id, name } = readWords(() => personFor(people, email))
    const secret = await createOneTimeLinks(db).make(id, 'welcome')
    await note('person.link', id, {})
    return `${linkText(linkTo(config.publicUrl, 'welcome', secret), name)}\nStart the hub first: ./hub up`
  }
  return { workspace: values.workspace ?? '', run }
}

/** What is done is in the audit log, as with a hub that runs. */
const noting = async (
  db: Db,
  config: Config,
  { workspace, actor, address }: Caller,
  work: (note: Note) => Promise<string>,
): Promise<string> => {
  const sealingKeys =
    config.sealingKeys?.map((key) => Buffer.from(key, 'base64')) ??
    keysFromFile(config.sealingKeyFile ?? join(config.data, 'sealing.key'))
  const audit = createAudit(db, derivedKeys(sealingKeys, 'audit'))
  try {
    return await work((action, subject, details) =>
      audit.add({ workspace, mode: null, actor, address, action, subject, outcome: 'done', details }),
    )
  } finally {
    await audit.close()
  }
}
