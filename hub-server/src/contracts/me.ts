import { Type, type Static } from 'typebox'
import { Id, Line, ListOf } from './bounded.ts'
import { Mode } from './scope.ts'

/** Who asks, for which mode, and what that one may do. */
export const Me = Type.Object({
  workspace: Type.Object({ id: Id(), name: Line() }),
  mode: Mode,
  key: Type.Optional(Type.Object({ id: Id(), name: Line() })),
  person: Type.Optional(Type.Object({ id: Id(), name: Line() })),
  permissions: ListOf(Id(), { maxItems: 100, description: 'What it may do; GET /v1/permissions tells what that is' }),
})
export type Me = Static<typeof Me>
