import type { PlainPath } from './shortcut.ts'

/** Bound variables, by their names without "$". */
export type Bound = Readonly<Record<string, unknown>>

/** An expression that is ready to run. Synchronous where it can be: most are a path into an object. */
export interface Expression {
  readonly source: string
  /** Set where the expression is nothing but a path. */
  readonly path?: PlainPath | null
  /** @throws HubError bad_response naming connector and field, when it fails or takes too long */
  evaluate(root: unknown, bound: Bound): unknown
}

/** Where an expression stands, for what is said when it fails. */
export interface Place {
  readonly connector: string
  /** e.g. operations.verifyEmail.read.status */
  readonly field: string
}

/** What expressions of one connector share: their own maps and tables. */
export interface Lexicon {
  readonly maps: Readonly<
    Record<string, Readonly<Record<string, string | { name: string; values?: Record<string, string> }>>>
  >
  readonly tables: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** Turns source into expressions: in this process for built-in connectors, in a killable process for users' own. */
export interface Evaluator {
  /** @throws ExpressionSyntaxError */
  compile(source: string, place: Place, lexicon: Lexicon): Expression
}

export class ExpressionSyntaxError extends Error {
  /** Characters into the source, from 1. */
  readonly position: number
  constructor(message: string, position: number) {
    super(message)
    this.name = 'ExpressionSyntaxError'
    this.position = position
  }
}
