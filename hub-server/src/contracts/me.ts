import { Type, type Static } from 'typebox'
import { Mode } from './scope.ts'

/** Whose key this is, and for which mode. */
export const Me = Type.Object({
  workspace: Type.Object({ id: Type.String(), name: Type.String() }),
  mode: Mode,
  key: Type.Object({ id: Type.String(), name: Type.String() }),
})
export type Me = Static<typeof Me>
