import { Type, type Static } from 'typebox'
import { ErrorValue } from './errors.ts'
import { Usage } from './result.ts'
import { Mode } from './scope.ts'

export const RunStatus = Type.Unsafe<'queued' | 'running' | 'paused' | 'done' | 'cancelled'>({
  type: 'string',
  enum: ['queued', 'running', 'paused', 'done', 'cancelled'],
})
export type RunStatus = Static<typeof RunStatus>

/** One execution of a block over items. Every call is a run; a small one is waited for. */
export const Run = Type.Object(
  {
    id: Type.String(),
    block: Type.String(),
    mode: Mode,
    status: RunStatus,
    items: Type.Object(
      {
        total: Type.Integer(),
        done: Type.Integer(),
        pending: Type.Integer(),
        skipped: Type.Integer(),
        failed: Type.Integer(),
        uncertain: Type.Integer(),
      },
      { description: 'How many items are in each state' },
    ),
    usage: Usage,
    error: Type.Optional(ErrorValue),
    createdAt: Type.String({ format: 'date-time' }),
    finishedAt: Type.Optional(Type.String({ format: 'date-time' })),
  },
  { $id: 'Run' },
)
export type Run = Static<typeof Run>
