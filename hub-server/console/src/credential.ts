import type { Mode } from './types.ts'

/** What the page shows the hub: a key, or that somebody has signed in (the cookie goes by itself). */
export type Credential =
  { readonly key: string } | { readonly csrf: string; readonly workspace: string; readonly mode: Mode }

export const headersOf = (credential: Credential): Record<string, string> =>
  'key' in credential
    ? { authorization: `Bearer ${credential.key}` }
    : { 'hub-csrf': credential.csrf, 'hub-workspace': credential.workspace, 'hub-mode': credential.mode }

const place = 'ainow-hub-mode'

/** The mode that this tab was in; real accounts are what most come for. */
export const storedMode = (): Mode => (sessionStorage.getItem(place) === 'test' ? 'test' : 'live')

export const storeMode = (mode: Mode): void => sessionStorage.setItem(place, mode)
