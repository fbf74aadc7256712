import { HubError } from '../contracts/errors.ts'
import type { Db } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { json } from '../db/json.ts'
import { allPermissions, type Permission } from './rights/permissions.ts'
import { builtInRoles, type Role } from './rights/roles.ts'

export interface Login {
  readonly id: string
  readonly email: string | null
  readonly name: string
  readonly disabledAt: Date | null
}

/** Somebody in a workspace. */
export interface Member extends Login {
  readonly role: string
  readonly fromGroups: boolean
  readonly hasPassword: boolean
  readonly since: Date
}

export interface Membership {
  readonly workspace: { readonly id: string; readonly name: string }
  readonly role: Role
}

/** One form of an address, to compare by: people write their own in any case. */
export const emailOf = (text: string): string => text.trim().normalize('NFKC').toLowerCase()

const isRole = (id: string): boolean => builtInRoles.some((role) => role.id === id)

export type People = ReturnType<typeof createPeople>

/** People, what workspaces they belong to, and by which role. */
export const createPeople = (db: Db) => {
  const rolesOf = async (workspace: string): Promise<Role[]> => {
    const own = await db.selectFrom('role').selectAll().where('workspace', '=', workspace).orderBy('id').execute()
    return [
      ...builtInRoles,
      ...own.map(({ id, about, permissions }) => ({
        id,
        about,
        permissions: allPermissions.filter((permission) => permissions.includes(permission)),
      })),
    ]
  }

  const roleOf = async (workspace: string, id: string): Promise<Role> => {
    const role = (await rolesOf(workspace)).find((one) => one.id === id)
    if (role) return role
    throw new HubError('not_found', `There is no role “${id}” in this workspace.`, {
      advice: 'List the roles to see which there are.',
    })
  }

  const members = (workspace: string) =>
    db
      .selectFrom('membership as m')
      .innerJoin('login as l', 'l.id', 'm.login')
      .select(['l.id', 'l.email', 'l.name', 'l.disabled_at', 'l.password', 'm.role', 'm.from_groups', 'm.created_at'])
      .where('m.workspace', '=', workspace)

  const member = async (workspace: string, login: string): Promise<Member> => {
    const row = await members(workspace).where('l.id', '=', login).executeTakeFirst()
    if (row) return memberOf(row)
    throw new HubError('not_found', `Nobody with the id ${login} belongs to this workspace.`)
  }

  /** @throws HubError conflict where nobody could give anybody a role any more */
  const requireOtherOwner = async (trx: Db, workspace: string, login: string): Promise<void> => {
    const owners = await trx
      .selectFrom('membership as m')
      .innerJoin('login as l', 'l.id', 'm.login')
      .select('m.login')
      .where('m.workspace', '=', workspace)
      .where('m.role', '=', 'owner')
      .where('l.disabled_at', 'is', null)
      .forUpdate()
      .execute()
    if (owners.length === 1 && owners[0]?.login === login)
      throw new HubError('conflict', 'This is the last owner of the workspace.', {
        advice: 'Make somebody else an owner first.',
      })
  }

  const loginBy = async (email: string): Promise<(Login & { password: string | null }) | undefined> => {
    const row = await db.selectFrom('login').selectAll().where('email', '=', emailOf(email)).executeTakeFirst()
    return row && { ...loginOf(row), password: row.password }
  }

  return {
    rolesOf,
    roleOf,
    member,
    loginBy,
    login: async (id: string): Promise<Login | undefined> => {
      const row = await db.selectFrom('login').selectAll().where('id', '=', id).executeTakeFirst()
      return row && loginOf(row)
    },
    list: async (workspace: string): Promise<Member[]> =>
      (await members(workspace).orderBy('m.created_at').orderBy('l.id').execute()).map(memberOf),
    /** Where somebody belongs, the oldest first. */
    memberships: async (login: string): Promise<Membership[]> => {
      const rows = await db
        .selectFrom('membership as m')
        .innerJoin('workspace as w', 'w.id', 'm.workspace')
        .select(['w.id', 'w.name', 'm.role'])
        .where('m.login', '=', login)
        .orderBy('m.created_at')
        .orderBy('w.id')
        .execute()
      return Promise.all(
        rows.map(async ({ id, name, role }) => ({ workspace: { id, name }, role: await roleOf(id, role) })),
      )
    },
    /** Somebody who can sign in; the one who has the address already, where there is one. */
    ensureLogin: async (email: string, name: string): Promise<Login> => {
      const address = emailOf(email)
      await db
        .insertInto('login')
        .values({ id: newId('usr'), email: address, name: name.trim() || address, password: null })
        .onConflict((conflict) => conflict.column('email').doNothing())
        .execute()
      return loginOf(await db.selectFrom('login').selectAll().where('email', '=', address).executeTakeFirstOrThrow())
    },
    /**
     * What somebody says of himself. An address is given once: by a later one, which nobody has checked, somebody could
     * pass for whom the provider of sign-ins knows by it.
     * @throws HubError conflict for an address that is another's, forbidden for a second one
     */
    describe: async (login: string, about: { email?: string; name?: string }): Promise<void> => {
      const email = about.email === undefined ? undefined : emailOf(about.email)
      if (email !== undefined) {
        const mine = await db.selectFrom('login').select('email').where('id', '=', login).executeTakeFirst()
        if (mine?.email && mine.email !== email)
          throw new HubError('forbidden', 'Your e-mail address cannot be changed by yourself.', {
            advice: 'Ask an owner or admin to invite you with the new one.',
          })
        const other = await loginBy(email)
        if (other && other.id !== login)
          throw new HubError('conflict', 'Somebody else has this e-mail address here.', { advice: 'Give another one.' })
      }
      await db
        .updateTable('login')
        .set({ ...(email !== undefined && { email }), ...(about.name?.trim() && { name: about.name.trim() }) })
        .where('id', '=', login)
        .execute()
    },
    join: async (workspace: string, login: string, role: string, fromGroups = false): Promise<void> => {
      await roleOf(workspace, role)
      await db
        .insertInto('membership')
        .values({ workspace, login, role, from_groups: fromGroups })
        .onConflict((conflict) => conflict.columns(['workspace', 'login']).doNothing())
        .execute()
    },
    /** @throws HubError conflict for the last owner */
    setRole: async (workspace: string, login: string, role: string, fromGroups = false): Promise<void> => {
      await roleOf(workspace, role)
      await db.transaction().execute(async (trx) => {
        if (role !== 'owner') await requireOtherOwner(trx, workspace, login)
        await trx
          .updateTable('membership')
          .set({ role, from_groups: fromGroups })
          .where('workspace', '=', workspace)
          .where('login', '=', login)
          .execute()
      })
    },
    /** @throws HubError conflict for the last owner */
    remove: (workspace: string, login: string): Promise<void> =>
      db.transaction().execute(async (trx) => {
        await requireOtherOwner(trx, workspace, login)
        await trx.deleteFrom('membership').where('workspace', '=', workspace).where('login', '=', login).execute()
      }),
    /**
     * Whether somebody may sign in anywhere in this hub: who may not is signed out, and keeps the memberships.
     * @throws HubError conflict for the last owner of a workspace
     */
    setDisabled: (login: string, isDisabled: boolean): Promise<void> =>
      db.transaction().execute(async (trx) => {
        const disabled_at = isDisabled ? new Date() : null
        if (isDisabled) {
          for (const workspace of await ownedBy(trx, login)) await requireOtherOwner(trx, workspace, login)
          await trx.deleteFrom('session').where('login', '=', login).execute()
        }
        await trx.updateTable('login').set({ disabled_at }).where('id', '=', login).execute()
      }),
    saveRole: async (workspace: string, { id, about, permissions }: Role): Promise<void> => {
      if (isRole(id))
        throw new HubError('conflict', `“${id}” is a role of the hub’s own.`, { advice: 'Give yours another id.' })
      const row = { about, permissions: json(permissions) }
      await db
        .insertInto('role')
        .values({ workspace, id, ...row })
        .onConflict((conflict) => conflict.columns(['workspace', 'id']).doUpdateSet(row))
        .execute()
    },
    /** @throws HubError conflict while somebody has it */
    removeRole: async (workspace: string, id: string): Promise<void> => {
      await roleOf(workspace, id)
      const taken = await db
        .selectFrom('membership')
        .select('login')
        .where('workspace', '=', workspace)
        .where('role', '=', id)
        .executeTakeFirst()
      if (taken)
        throw new HubError('conflict', `Somebody has the role “${id}”.`, { advice: 'Give them another one first.' })
      await db.deleteFrom('role').where('workspace', '=', workspace).where('id', '=', id).execute()
    },
    hasPassword: async (login: string): Promise<boolean> => {
      const row = await db.selectFrom('login').select('password').where('id', '=', login).executeTakeFirst()
      return row !== undefined && row.password !== null
    },
    setPassword: async (login: string, password: string): Promise<void> =>
      void (await db.updateTable('login').set({ password }).where('id', '=', login).execute()),
    /** Who an outside provider's person is here; undefined for somebody who was never here. */
    outside: async (issuer: string, subject: string): Promise<Login | undefined> => {
      const row = await db
        .selectFrom('outside_identity as o')
        .innerJoin('login as l', 'l.id', 'o.login')
        .selectAll('l')
        .where('o.issuer', '=', issuer)
        .where('o.subject', '=', subject)
        .executeTakeFirst()
      return row && loginOf(row)
    },
    tie: async (issuer: string, subject: string, login: string): Promise<void> =>
      void (await db
        .insertInto('outside_identity')
        .values({ issuer, subject, login })
        .onConflict((conflict) => conflict.columns(['issuer', 'subject']).doNothing())
        .execute()),
  }
}

/** The workspaces that somebody is an owner of; always in the same order, because each is locked. */
const ownedBy = async (trx: Db, login: string): Promise<string[]> => {
  const rows = await trx
    .selectFrom('membership')
    .select('workspace')
    .where('login', '=', login)
    .where('role', '=', 'owner')
    .orderBy('workspace')
    .execute()
  return rows.map(({ workspace }) => workspace)
}

/** The permissions that a role gives, as a set. */
export const permissionsOf = ({ permissions }: Pick<Role, 'permissions'>): ReadonlySet<Permission> =>
  new Set(permissions)

const loginOf = (row: { id: string; email: string | null; name: string; disabled_at: Date | null }): Login => ({
  id: row.id,
  email: row.email,
  name: row.name,
  disabledAt: row.disabled_at,
})

const memberOf = (
  row: Parameters<typeof loginOf>[0] & {
    role: string
    from_groups: boolean
    password: string | null
    created_at: Date
  },
): Member => ({
  ...loginOf(row),
  role: row.role,
  fromGroups: row.from_groups,
  hasPassword: row.password !== null,
  since: row.created_at,
})
