import { Type, type Static } from 'typebox'

/**
 * `test` is answered by the sandbox, `live` by the outside services. A property of the API key; never switched by
 * itself.
 */
export const Mode = Type.Union([Type.Literal('test'), Type.Literal('live')], {
  description: 'test: answered by the sandbox; live: answered by the outside services. A property of the API key.',
})
export type Mode = Static<typeof Mode>

/** Every unique key, cache entry, ledger row, run and event begins with these two. */
export interface Scope {
  readonly workspace: string
  readonly mode: Mode
}
