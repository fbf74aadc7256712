import { allPermissions, permissionGroups } from '../rights/permissions.ts'

/** What a program may ask for: permissions by their names, and all of a group by the group's. */
export const oauthScopes: readonly string[] = [...permissionGroups, ...allPermissions]

export const issuerOf = (publicUrl: string): string => `${publicUrl}/oauth`

/** Where whoever is refused finds out whom to ask for a token (RFC 9728, section 3). */
export const resourceMetadataPath = '/.well-known/oauth-protected-resource'

export const resourceMetadata = (publicUrl: string) => ({
  resource: publicUrl,
  authorization_servers: [issuerOf(publicUrl)],
  scopes_supported: oauthScopes,
  bearer_methods_supported: ['header'],
})
