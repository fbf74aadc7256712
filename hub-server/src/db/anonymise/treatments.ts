import type { MadeUp } from './made-up.ts'
import { madeUpForm } from './open-form.ts'
import type { Treatment } from './rules.ts'

type Row = Readonly<Record<string, unknown>>
type Treat = (madeUp: MadeUp, value: unknown, row: Row) => unknown

/** Of a text; null stays null, and what is of another kind is treated as open JSON. */
const ofText =
  (change: (madeUp: MadeUp, text: string, row: Row) => unknown): Treat =>
  (madeUp, value, row) =>
    typeof value === 'string' ? change(madeUp, value, row) : madeUpForm(madeUp, value)

/** An id of a connector, or "you": no address. */
const isConnector = (source: string): boolean => /^[a-z][a-z0-9-]{0,60}$/.test(source)

/** A run that is under way would go on in the copy. */
const goesOn = (status: string): boolean => status === 'queued' || status === 'running'

export const treatments: Readonly<Record<Treatment, Treat>> = {
  keep: (_, value) => value,
  text: ofText((madeUp, text) => madeUp.text(text)),
  form: (madeUp, value) => madeUpForm(madeUp, value),
  code: ofText((madeUp, text) => madeUp.code(text)),
  key: ofText((madeUp, text) => madeUp.key(text)),
  none: () => null,
  empty: () => '',
  identity: ofText((madeUp, text, { kind }) => {
    if (kind === 'linkedin') return madeUp.path(text)
    return kind === 'record' ? madeUp.code(text) : madeUp.text(text)
  }),
  source: ofText((madeUp, text) => (isConnector(text) ? text : madeUp.text(text))),
  paused: (_, value) => (typeof value === 'string' && goesOn(value) ? 'paused' : value),
  reconnect: () => 'needs_reconnect',
}
