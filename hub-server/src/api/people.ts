import { Type } from 'typebox'
import { requireAll, requirePermission, type Caller } from '../access/rights/caller.ts'
import { makeWorkspace } from '../access/first-start.ts'
import { linkTo } from '../access/mail.ts'
import type { OneTimeLinks, Purpose } from '../access/one-time-links.ts'
import type { Member as Person, People } from '../access/people.ts'
import { allPermissions, permissions, type Permission } from '../access/rights/permissions.ts'
import { builtInRoles, type Role } from '../access/rights/roles.ts'
import type { Sessions } from '../access/sessions.ts'
import { Member, Role as RoleShape } from '../contracts/access.ts'
import { Id, Line, ListOf, Text, Url } from '../contracts/bounded.ts'
import { HubError } from '../contracts/errors.ts'
import type { Db } from '../db/database.ts'
import { noContent, ok, route, type Route } from './route.ts'
import { idOf } from './runs.ts'

export interface PeopleParts {
  readonly db: Db
  readonly people: People
  readonly links: OneTimeLinks
  readonly sessions: Sessions
  readonly publicUrl: string
  readonly sendLink?: (to: string, purpose: Purpose, secret: string) => Promise<void>
  /** What was remembered of people is not true any more. */
  readonly changed: () => void
}

const group = 'People'
const Email = Type.String({ minLength: 3, maxLength: 320, pattern: '^[^\\s@]+@[^\\s@]+$' })
const Name = Type.String({ minLength: 1, maxLength: 200 })
const roleId = /^[a-z][a-z0-9-]{0,49}$/
const Link = Type.Object({
  link: Url({ description: 'Good once, and for a day: whoever opens it is signed in' }),
  sent: Type.Boolean({ description: 'Whether it was sent by mail, too' }),
})

const shownMember = ({ id, email, name, role, fromGroups, hasPassword, disabledAt, since }: Person) => ({
  id,
  email,
  name,
  role,
  fromGroups,
  hasPassword,
  disabled: disabledAt !== null,
  since: since.toISOString(),
})

const shownRole = ({ id, about, permissions: given }: Role) => ({
  id,
  about,
  permissions: [...given],
  own: !builtInRoles.some((role) => role.id === id),
})

/** Themselves, and who could read the whole data folder anyway. */
const mayLetInAnywhere = ({ actor }: Caller, person: string): boolean => actor.id === person || actor.kind === 'machine'

export const peopleRoutes = (parts: PeopleParts): Route[] => {
  const { db, people, links, sessions, publicUrl, sendLink, changed } = parts

  /** Nobody gives what he does not have; owners are made by owners. */
  const requireGiving = async (caller: Caller, role: string): Promise<Role> => {
    const wanted = await people.roleOf(caller.workspace, role)
    if (role === 'owner') requirePermission(caller, 'owners.write')
    requireAll(caller, wanted.permissions, `Somebody with the role “${role}”`)
    return wanted
  }

  /** Who may do more than the caller is not touched by him. */
  const requireOver = async (caller: Caller, id: string): Promise<Person> => {
    const member = await people.member(caller.workspace, id)
    await requireGiving(caller, member.role)
    return member
  }

  /**
   * What is done to an account is done in every workspace that it belongs to.
   * @param advice what else can be done about somebody who belongs elsewhere, too
   */
  const requireNowhereElse = async (caller: Caller, id: string, advice: string): Promise<void> => {
    const everywhere = await people.memberships(id)
    if (everywhere.some(({ workspace }) => workspace.id !== caller.workspace) && !mayLetInAnywhere(caller, id))
      throw new HubError('forbidden', 'This person belongs to other workspaces, too.', { advice })
  }

  const invite = async (id: string, email: string | null) => {
    const secret = await links.make(id, 'welcome')
    const link = linkTo(publicUrl, 'welcome', secret)
    if (!sendLink || email === null) return { link, sent: false }
    await sendLink(email, 'welcome', secret)
    return { link, sent: true }
  }

  return [
    route({
      method: 'get',
      path: '/v1/permissions',
      group,
      permission: 'anybody',
      summary: 'What somebody may be allowed to do',
      answers: {
        200: Type.Object({ permissions: ListOf(Type.Object({ id: Id(), about: Text(), reads: Type.Boolean() })) }),
      },
      handle: async () =>
        ok({
          permissions: allPermissions.map((id) => {
            const { about } = permissions[id]
            return { id, about, reads: 'reads' in permissions[id] }
          }),
        }),
    }),
    route({
      method: 'get',
      path: '/v1/people',
      group,
      permission: 'people.read',
      summary: 'Who belongs to the workspace',
      answers: { 200: Type.Object({ people: ListOf(Member) }) },
      handle: async ({ caller }) => ok({ people: (await people.list(caller.workspace)).map(shownMember) }),
    }),
    route({
      method: 'post',
      path: '/v1/people',
      group,
      permission: 'people.write',
      summary: 'Invites somebody: the link signs that person in once, to choose a password',
      body: Type.Object({ email: Email, name: Type.Optional(Name), role: Id() }, { additionalProperties: false }),
      answers: { 201: Type.Object({ person: Member, ...Link.properties }) },
      handle: async ({ caller, body, note }) => {
        await requireGiving(caller, body.role)
        const login = await people.ensureLogin(body.email, body.name ?? '')
        await people.join(caller.workspace, login.id, body.role)
        const person = await people.member(caller.workspace, login.id)
        // A link lets whoever reads it in: also where the person belongs besides. Who was here before has a way in.
        const isNew = !person.hasPassword && (await people.memberships(login.id)).length === 1
        const invitation = isNew ? await invite(login.id, login.email) : { link: `${publicUrl}/sign-in`, sent: false }
        note({ subject: login.id, details: { after: { role: person.role } } })
        changed()
        return { status: 201, body: { person: shownMember(person), ...invitation } }
      },
    }),
    route({
      method: 'put',
      path: '/v1/people/{id}',
      group,
      permission: 'people.write',
      summary: 'Gives somebody another role, or switches their account off and on again',
      body: Type.Object(
        {
          role: Type.Optional(Id()),
          disabled: Type.Optional(Type.Boolean({ description: 'Whether they may sign in nowhere in this hub' })),
        },
        { additionalProperties: false, minProperties: 1 },
      ),
      answers: { 200: Member },
      handle: async ({ caller, params, body, note }) => {
        const before = await requireOver(caller, idOf(params))
        // Nothing is done before it is known that all of it may be.
        if (body.role !== undefined) await requireGiving(caller, body.role)
        if (body.disabled !== undefined)
          await requireNowhereElse(caller, before.id, 'Take them out of this one instead: DELETE /v1/people/{id}.')
        if (body.disabled !== undefined) await people.setDisabled(before.id, body.disabled)
        if (body.role !== undefined) await people.setRole(caller.workspace, before.id, body.role)
        note({ details: { before: { role: before.role, disabled: before.disabledAt !== null }, after: { ...body } } })
        changed()
        return ok(shownMember(await people.member(caller.workspace, before.id)))
      },
    }),
    route({
      method: 'delete',
      path: '/v1/people/{id}',
      group,
      permission: 'people.write',
      summary: 'Takes somebody out of the workspace',
      answers: { 204: null },
      handle: async ({ caller, params, note }) => {
        const member = await requireOver(caller, idOf(params))
        note({ details: { before: { role: member.role } } })
        await people.remove(caller.workspace, member.id)
        changed()
        return { status: 204 }
      },
    }),
    route({
      method: 'post',
      path: '/v1/people/{id}/link',
      group,
      permission: 'people.write',
      summary: 'Another link that signs somebody in once, for who has not come yet or has lost the password',
      answers: { 200: Link },
      handle: async ({ caller, params }) => {
        const { id, email } = await requireOver(caller, idOf(params))
        // Somebody who belongs elsewhere, too, would be let in there by whoever asks.
        await requireNowhereElse(
          caller,
          id,
          'They choose another password at /sign-in, or ask whoever runs the hub: ./hub sign-in-link.',
        )
        // Who sits at the hub's machine reads the link there.
        return ok(await invite(id, caller.actor.kind === 'machine' ? null : email))
      },
    }),
    route({
      method: 'post',
      path: '/v1/people/{id}/sign-out',
      group,
      permission: 'people.write',
      summary: 'Ends all sessions of somebody',
      answers: { 204: null },
      handle: async ({ caller, params }) => {
        const { id } = await requireOver(caller, idOf(params))
        await sessions.endAll(id)
        changed()
        return { status: 204 }
      },
    }),
    route({
      method: 'get',
      path: '/v1/roles',
      group,
      permission: 'people.read',
      summary: 'The roles, and what each may do',
      answers: { 200: Type.Object({ roles: ListOf(RoleShape) }) },
      handle: async ({ caller }) => ok({ roles: (await people.rolesOf(caller.workspace)).map(shownRole) }),
    }),
    route({
      method: 'put',
      path: '/v1/roles/{id}',
      group,
      permission: 'people.write',
      summary: 'Makes or changes a role of the workspace’s own',
      body: Type.Object(
        {
          about: Type.String({ minLength: 1, maxLength: 500 }),
          permissions: Type.Array(Type.Unsafe<Permission>({ type: 'string', enum: allPermissions }), { maxItems: 100 }),
        },
        { additionalProperties: false },
      ),
      answers: { 200: RoleShape },
      handle: async ({ caller, params, body, note }) => {
        const id = idOf(params)
        if (!roleId.test(id))
          throw new HubError('invalid_input', `“${id}” cannot be a role’s id.`, {
            advice: 'Take small letters, digits and hyphens, like night-shift.',
          })
        requireAll(caller, body.permissions, 'This role')
        const before = (await people.rolesOf(caller.workspace)).find((role) => role.id === id)
        if (before) requireAll(caller, before.permissions, 'This role')
        await people.saveRole(caller.workspace, { id, ...body })
        note({ details: { before: before?.permissions ?? [], after: body.permissions } })
        changed()
        return ok(shownRole(await people.roleOf(caller.workspace, id)))
      },
    }),
    route({
      method: 'delete',
      path: '/v1/roles/{id}',
      group,
      permission: 'people.write',
      summary: 'Removes a role that nobody has',
      answers: { 204: null },
      handle: async ({ caller, params }) => noContent(people.removeRole(caller.workspace, idOf(params))),
    }),
    route({
      method: 'put',
      path: '/v1/workspace',
      group,
      permission: 'workspace.write',
      summary: 'Names the workspace',
      body: Type.Object({ name: Name }, { additionalProperties: false }),
      answers: { 200: Type.Object({ id: Id(), name: Line() }) },
      handle: async ({ caller, body }) => {
        await db.updateTable('workspace').set({ name: body.name }).where('id', '=', caller.workspace).execute()
        changed()
        return ok({ id: caller.workspace, name: body.name })
      },
    }),
    route({
      method: 'post',
      path: '/v1/workspaces',
      group,
      permission: 'workspace.write',
      summary: 'Makes another workspace, with nothing in it; whoever makes it owns it',
      body: Type.Object({ name: Name }, { additionalProperties: false }),
      answers: { 201: Type.Object({ id: Id(), name: Line() }) },
      handle: async ({ caller, body }) => {
        if (caller.actor.kind !== 'person')
          throw new HubError('unsupported', 'A workspace belongs to somebody.', {
            advice: 'Sign in: a key cannot own one.',
          })
        const id = await makeWorkspace(db, body.name)
        await people.join(id, caller.actor.id, 'owner')
        changed()
        return { status: 201, body: { id, name: body.name } }
      },
    }),
  ]
}
