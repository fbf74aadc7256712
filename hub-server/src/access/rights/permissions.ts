/** What somebody may be allowed to do. A route names one of them; roles and the scopes of keys are made of them. */
export interface PermissionAbout {
  readonly about: string
  /** It changes nothing and costs nothing: a read-only key may have it. */
  readonly reads?: true
  /** It is about the workspace as a whole, and not about what it has in one mode. */
  readonly everyMode?: true
}

export const permissions = {
  'hub.read': { about: 'See what the hub can do: blocks, services, the sandbox', reads: true },
  'leads.read': { about: 'See leads and lists', reads: true },
  'leads.write': { about: 'Store, change and merge leads; make and remove lists' },
  'leads.delete': { about: 'Delete leads for good' },
  'personal.read': { about: 'See personal data: without it names, addresses and numbers are masked', reads: true },
  'runs.read': { about: 'See runs and their results, and estimate', reads: true },
  'runs.write': { about: 'Start, stop and resume runs: they may cost money' },
  'messages.send': { about: 'Have runs send messages, and decide on those that may have been sent' },
  'pipelines.read': { about: 'See saved pipelines', reads: true },
  'pipelines.write': { about: 'Make, change and remove pipelines' },
  'reports.read': { about: 'See what calls came to and cost', reads: true },
  'budget.write': { about: 'Say what a day may cost' },
  'events.read': { about: 'Read what happened', reads: true },
  'suppression.read': { about: 'See how many must not be contacted', reads: true },
  'suppression.check': { about: 'Ask whether somebody may be contacted', reads: true },
  'suppression.write': { about: 'Add and remove people who must not be contacted' },
  'connections.read': { about: 'See the connected accounts, never with a secret', reads: true },
  'connections.write': { about: 'Connect, change and disconnect accounts' },
  'settings.write': { about: 'Say how shown values are chosen' },
  'hub.watch': { about: 'Read the hub’s own measurements', reads: true },
  'keys.read': { about: 'See the API keys, never with their secrets', reads: true, everyMode: true },
  'keys.write': { about: 'Make, rotate and revoke API keys', everyMode: true },
  'people.read': { about: 'See who belongs to the workspace, and its roles', reads: true, everyMode: true },
  'people.write': { about: 'Invite and remove people, give and make roles', everyMode: true },
  'workspace.write': { about: 'Name the workspace and make others', everyMode: true },
  'audit.read': { about: 'Read, check and export the audit log', reads: true, everyMode: true },
  'owners.write': { about: 'Make and unmake owners', everyMode: true },
} as const satisfies Readonly<Record<string, PermissionAbout>>

export type Permission = keyof typeof permissions

export const allPermissions = Object.keys(permissions) as Permission[]

const about = (permission: Permission): PermissionAbout => permissions[permission]

/** Those that change nothing and cost nothing. */
export const readingPermissions = allPermissions.filter((permission) => about(permission).reads)

/** Whether it is about the workspace, whatever the mode. */
export const isOfEveryMode = (permission: Permission): boolean => about(permission).everyMode === true

/** The first word of a permission: what a key's scope may name as a whole. */
const groupOf = (permission: Permission): string => permission.slice(0, permission.indexOf('.'))

export const permissionGroups = [...new Set(allPermissions.map(groupOf))]

/** What scopes stand for: permissions by their names, and all of a group by the group's. */
export const permissionsIn = (scopes: readonly string[]): Permission[] =>
  allPermissions.filter((permission) => scopes.includes(permission) || scopes.includes(groupOf(permission)))

export const isScope = (text: string): boolean =>
  permissionGroups.includes(text) || allPermissions.some((permission) => permission === text)
