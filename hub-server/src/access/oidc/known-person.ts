import { sql } from 'kysely'
import { HubError } from '../../contracts/errors.ts'
import type { Db } from '../../db/database.ts'
import { newId } from '../../db/id.ts'
import { createPeople, type Login, type People } from '../people.ts'
import type { Told } from './provider.ts'

export interface GroupRole {
  readonly group: string
  readonly role: string
}

/** The role that somebody's groups give: the first that fits; `*` is everybody. */
export const roleByGroups = (
  claims: Told['claims'],
  claim: string,
  roles: readonly GroupRole[],
): string | undefined => {
  const value = claims[claim]
  const groups: unknown[] = Array.isArray(value) ? value : [value]
  return roles.find(({ group }) => group === '*' || groups.includes(group))?.role
}

/**
 * Who somebody is here. An account that was here before is theirs only where the provider vouches for the address: else
 * whoever can write any address into their profile there would be whoever they like here.
 * @param mayCome whether somebody who was never here is let in
 */
export const loginOf = (db: Db, told: Told, mayCome: boolean): Promise<Login | undefined> =>
  db.transaction().execute(async (trx) => {
    const { issuer, subject } = told
    // Two tabs at once make one account.
    await sql`select pg_advisory_xact_lock(hashtext(${`${issuer} ${subject}`}))`.execute(trx)
    const people = createPeople(trx)
    const tied = await people.outside(issuer, subject)
    if (tied) return tied
    const email = vouchedAddress(told.claims)
    const known = email === undefined ? undefined : await people.loginBy(email)
    if (!known && !mayCome) return undefined
    const login = known ?? (await makeLogin(trx, people, email, nameOf(told.claims)))
    await people.tie(issuer, subject, login.id)
    return login
  })

/** https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims */
const vouchedAddress = ({ email, email_verified: verified }: Told['claims']): string | undefined =>
  verified === true && typeof email === 'string' && email.includes('@') ? email : undefined

const nameOf = ({ name, preferred_username: username, sub }: Told['claims']): string =>
  [name, username, sub]
    .filter((one) => typeof one === 'string')
    .find((one) => one.trim() !== '')
    ?.slice(0, 200) ?? '?'

/** Without an address where nobody vouches for it: who has the real one is invited some day, and must not meet this. */
const makeLogin = async (db: Db, people: People, email: string | undefined, name: string): Promise<Login> => {
  if (email !== undefined) return people.ensureLogin(email, name)
  const id = newId('usr')
  await db.insertInto('login').values({ id, email: null, name, password: null }).execute()
  return { id, email: null, name, disabledAt: null }
}

/** What the groups have changed, for the audit log; undefined for nothing. */
export type Change = 'joined' | 'changed' | 'left' | undefined

/**
 * Lets a membership follow the groups. One that was given by hand stays as it is, and so does the last owner.
 * @param role undefined where no group fits
 */
export const followGroups = async (
  { db, people }: { readonly db: Db; readonly people: People },
  workspace: string,
  login: string,
  role: string | undefined,
): Promise<Change> => {
  const now = await db
    .selectFrom('membership')
    .select(['role', 'from_groups'])
    .where('workspace', '=', workspace)
    .where('login', '=', login)
    .executeTakeFirst()
  if (!now) {
    if (role === undefined) return undefined
    await people.join(workspace, login, role, true)
    return 'joined'
  }
  if (!now.from_groups || now.role === role) return undefined
  const follow = role === undefined ? people.remove(workspace, login) : people.setRole(workspace, login, role, true)
  const isDone = await follow.then(() => true, unlessLastOwner)
  if (!isDone) return undefined
  return role === undefined ? 'left' : 'changed'
}

/** Without an owner nobody could give anybody a role any more. */
const unlessLastOwner = (thrown: unknown): false => {
  if (thrown instanceof HubError && thrown.kind === 'conflict') return false
  throw thrown
}
