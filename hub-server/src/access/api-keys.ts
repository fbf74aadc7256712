import { createHash, randomBytes } from 'node:crypto'
import { BlockList, isIP } from 'node:net'
import type { Selectable } from 'kysely'
import { HubError } from '../contracts/errors.ts'
import type { Mode } from '../contracts/scope.ts'
import type { Db } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { json } from '../db/json.ts'
import type { Tables } from '../db/tables.ts'
import type { Caller } from './rights/caller.ts'
import { permissionsIn, readingPermissions, type Permission } from './rights/permissions.ts'
import { unscopedKey } from './rights/roles.ts'

/** What a key may do, where from, how often and until when. */
export interface KeyLimits {
  /** Permissions and groups of them; null: as a key of before there were scopes. */
  readonly scopes: readonly string[] | null
  readonly readOnly: boolean
  readonly expiresAt: Date | null
  /** Addresses and ranges in CIDR's form; null: from anywhere. */
  readonly networks: readonly string[] | null
  readonly requestsPerMinute: number | null
}

export interface ApiKey extends KeyLimits {
  readonly id: string
  readonly name: string
  readonly mode: Mode
  readonly createdAt: Date
  readonly revokedAt: Date | null
  readonly lastUsedAt: Date | null
  readonly lastUsedFrom: string | null
  readonly madeBy: string | null
  readonly replaces: string | null
}

export interface NewKey extends Partial<KeyLimits> {
  readonly name: string
  readonly mode: Mode
}

/** Keys have 192 bits of chance: a plain hash is enough, nothing to guess. */
export const hashOfSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex')

/** `ainow_<mode>_<id>_<secret>`: who finds one in a log or a chat can say which it is and revoke it. */
export const writeKey = (mode: Mode, id: string): string =>
  `ainow_${mode}_${id.slice('key_'.length)}_${randomBytes(24).toString('hex')}`

/** As keys are made, now and by earlier versions. */
const form = /^ainow_(?:test|live)_[\w-]{8,200}$/

export const isKey = (text: string): boolean => form.test(text)

/** The id that a key says it has; undefined for keys of before they said it. */
export const idInKey = (key: string): string | undefined => {
  const id = /^ainow_(?:test|live)_([a-z0-9]{10,40})_[0-9a-f]{48}$/.exec(key)?.[1]
  return id === undefined ? undefined : `key_${id}`
}

/** What a key with such limits may do. */
export const permissionsOfKey = ({
  scopes,
  readOnly,
}: Pick<KeyLimits, 'scopes' | 'readOnly'>): readonly Permission[] => {
  const given = scopes === null ? unscopedKey : permissionsIn(scopes)
  return readOnly ? given.filter((permission) => readingPermissions.includes(permission)) : given
}

/** Written down at most so often; milliseconds. */
const useEvery = 60_000
/** What the database said of a key holds so long; milliseconds. A key revoked by another process lives on as long. */
const rememberedMs = 2_000
const mostRemembered = 10_000

type Found = ApiKey & { readonly workspace: string }

export type ApiKeys = ReturnType<typeof createApiKeys>

/** The API keys of all workspaces. */
export const createApiKeys = (db: Db) => {
  const remembered = new Map<string, { found: Found | undefined; at: number }>()
  const usedAt = new Map<string, { at: number; from: string }>()

  const find = async (column: 'hash' | 'id', value: string): Promise<Found | undefined> => {
    const known = remembered.get(value)
    if (known && performance.now() - known.at < rememberedMs) return known.found
    const row = await db.selectFrom('api_key').selectAll().where(column, '=', value).executeTakeFirst()
    const found = row && { ...keyOf(row), workspace: row.workspace }
    if (remembered.size >= mostRemembered) remembered.clear()
    remembered.set(value, { found, at: performance.now() })
    return found
  }

  const callerFor = async (found: Found | undefined, address: string): Promise<Caller> => {
    if (!found) throw refused('This key is not one of this hub’s.')
    requireGood(found, address)
    await noteUse(found, address)
    const { id, name, workspace, mode, requestsPerMinute } = found
    return {
      workspace,
      mode,
      actor: { kind: 'key', id, name },
      permissions: permissionsOfFound(found),
      address,
      ...(requestsPerMinute !== null && { requestsPerMinute }),
    }
  }

  const noteUse = async ({ id }: Found, address: string): Promise<void> => {
    const last = usedAt.get(id)
    if (last && last.from === address && performance.now() - last.at < useEvery) return
    usedAt.set(id, { at: performance.now(), from: address })
    await db
      .updateTable('api_key')
      .set({ last_used_at: new Date(), last_used_from: address })
      .where('id', '=', id)
      .execute()
  }

  const get = async (workspace: string, id: string): Promise<ApiKey> => {
    const row = await db
      .selectFrom('api_key')
      .selectAll()
      .where('workspace', '=', workspace)
      .where('id', '=', id)
      .executeTakeFirst()
    if (row) return keyOf(row)
    throw new HubError('not_found', `There is no key ${id}.`, { advice: 'List the keys to see their ids.' })
  }

  const make = async (
    workspace: string,
    { name, mode, ...limits }: NewKey,
    madeBy: string | null,
    replaces: string | null = null,
  ): Promise<{ key: ApiKey; secret: string }> => {
    const id = newId('key')
    const secret = writeKey(mode, id)
    const { scopes = [], readOnly = false, expiresAt = null, networks = null, requestsPerMinute = null } = limits
    await db
      .insertInto('api_key')
      .values({
        id,
        workspace,
        mode,
        name,
        hash: hashOfSecret(secret),
        scopes: scopes === null ? null : json(scopes),
        read_only: readOnly,
        expires_at: expiresAt,
        networks: networks === null ? null : json(networks),
        requests_per_minute: requestsPerMinute,
        made_by: madeBy,
        replaces,
      })
      .execute()
    return { key: await get(workspace, id), secret }
  }

  return {
    get,
    make,
    list: async (workspace: string): Promise<ApiKey[]> => {
      const rows = await db
        .selectFrom('api_key')
        .selectAll()
        .where('workspace', '=', workspace)
        .orderBy('created_at', 'desc')
        .execute()
      return rows.map(keyOf)
    },
    /**
     * Who holds this key, and what it may do.
     * @throws HubError unauthorized where nobody does, or not any more, or not from there
     */
    // What is no key at all does not cost the database a look.
    callerOf: async (key: string, address: string): Promise<Caller> =>
      callerFor(isKey(key) ? await find('hash', hashOfSecret(key)) : undefined, address),
    /** The same for what was made out of a key, and knows its id. */
    callerOfId: async (id: string, address: string): Promise<Caller> => callerFor(await find('id', id), address),
    /** A key with the same limits in its place; the old one goes on for as long as it is given. */
    rotate: async (workspace: string, id: string, overlapMs: number, madeBy: string) => {
      const old = await get(workspace, id)
      if (old.revokedAt) throw new HubError('conflict', 'This key is revoked.', { advice: 'Make a new one.' })
      const made = await make(workspace, { ...old, name: old.name }, madeBy, id)
      const until = new Date(Date.now() + overlapMs)
      if (!old.expiresAt || old.expiresAt > until)
        await db.updateTable('api_key').set({ expires_at: until }).where('id', '=', id).execute()
      remembered.clear()
      return made
    },
    revoke: async (workspace: string, id: string): Promise<ApiKey> => {
      const { revokedAt } = await get(workspace, id)
      if (!revokedAt) await db.updateTable('api_key').set({ revoked_at: new Date() }).where('id', '=', id).execute()
      remembered.clear()
      return get(workspace, id)
    },
  }
}

const permissionSets = new WeakMap<Found, ReadonlySet<Permission>>()

const permissionsOfFound = (found: Found): ReadonlySet<Permission> => {
  const known = permissionSets.get(found) ?? new Set(permissionsOfKey(found))
  permissionSets.set(found, known)
  return known
}

const refused = (message: string): HubError =>
  new HubError('unauthorized', message, {
    advice: 'Use a key that is good: ./hub keys lists and makes them; the first ones stand in keys.json.',
  })

const requireGood = ({ revokedAt, expiresAt, networks }: Found, address: string): void => {
  if (revokedAt) throw refused('This key was revoked.')
  if (expiresAt && expiresAt.getTime() <= Date.now()) throw refused('This key has expired.')
  if (networks && !isWithin(networks, address))
    throw new HubError('forbidden', 'This key is not good from this address.', {
      advice: 'Use it from a network that it allows, or have the network added.',
    })
}

/** Ranges as they were given, made ready once. */
const ranges = new Map<string, BlockList>()

const isWithin = (networks: readonly string[], address: string): boolean => {
  const name = networks.join(',')
  const list = ranges.get(name) ?? rangesOf(networks)
  if (ranges.size > 1_000) ranges.clear()
  ranges.set(name, list)
  return isIP(address) !== 0 && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/** @throws HubError invalid_input for what is no address and no range */
export const rangesOf = (networks: readonly string[]): BlockList => {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.trim().split('/')
    const family = isIP(address)
    const most = family === 6 ? 128 : 32
    const prefix = bits === undefined ? most : Number(bits)
    if (family === 0 || !Number.isInteger(prefix) || prefix < 0 || prefix > most || bits === '')
      throw new HubError('invalid_input', `“${network}” is no address and no range of addresses.`, {
        advice: 'Write an address, or a range like 10.0.0.0/8 or 2001:db8::/32.',
      })
    list.addSubnet(address, prefix, family === 6 ? 'ipv6' : 'ipv4')
  }
  return list
}

const keyOf = (row: Selectable<Tables['api_key']>): ApiKey => ({
  id: row.id,
  name: row.name,
  mode: row.mode,
  createdAt: row.created_at,
  revokedAt: row.revoked_at,
  scopes: row.scopes,
  readOnly: row.read_only,
  expiresAt: row.expires_at,
  networks: row.networks,
  requestsPerMinute: row.requests_per_minute,
  lastUsedAt: row.last_used_at,
  lastUsedFrom: row.last_used_from,
  madeBy: row.made_by,
  replaces: row.replaces,
})
