import { allPermissions, type Permission } from './permissions.ts'

export interface Role {
  readonly id: string
  readonly about: string
  readonly permissions: readonly Permission[]
}

const reading = [
  'hub.read',
  'leads.read',
  'runs.read',
  'pipelines.read',
  'reports.read',
  'events.read',
  'suppression.read',
  'connections.read',
] as const satisfies Permission[]

const ownersAlone: readonly Permission[] = ['owners.write', 'workspace.write']

/** The roles that every workspace has; it may make others of the same permissions. */
export const builtInRoles = [
  { id: 'owner', about: 'May do everything', permissions: allPermissions },
  {
    id: 'admin',
    about: 'May do everything but make owners and workspaces',
    permissions: allPermissions.filter((permission) => !ownersAlone.includes(permission)),
  },
  {
    id: 'operator',
    about: 'Runs flows and sends messages',
    permissions: [...reading, 'personal.read', 'runs.write', 'messages.send', 'suppression.check', 'suppression.write'],
  },
  {
    id: 'editor',
    about: 'Keeps leads, lists and pipelines in order',
    permissions: [
      ...reading,
      'personal.read',
      'leads.write',
      'leads.delete',
      'pipelines.write',
      'suppression.check',
      'suppression.write',
      'settings.write',
    ],
  },
  { id: 'analyst', about: 'Reads, with personal data masked', permissions: reading },
] as const satisfies Role[]

/**
 * What a key of before there were scopes may do, and one from keys.json: all but what is a person's. Who finds such a
 * key can neither make himself another nor see who looks for him.
 */
export const unscopedKey: readonly Permission[] = allPermissions.filter(
  (permission) => !/^(keys|people|workspace|owners|audit)\./.test(permission),
)
