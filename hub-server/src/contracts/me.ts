import { Type, type Static } from 'typebox'
import { Id, Line } from './bounded.ts'
import { Mode } from './scope.ts'

/** Whose key this is, and for which mode. */
export const Me = Type.Object({
  workspace: Type.Object({ id: Id(), name: Line() }),
  mode: Mode,
  key: Type.Object({ id: Id(), name: Line() }),
})
export type Me = Static<typeof Me>
