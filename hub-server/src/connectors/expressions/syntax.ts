import jsonata from 'jsonata'
import { ExpressionSyntaxError } from './expression.ts'

/** Parses JSONata. @throws ExpressionSyntaxError with the position */
export const parse = (source: string): jsonata.Expression => {
  try {
    return jsonata(source)
  } catch (thrown) {
    if (isSyntaxError(thrown)) throw new ExpressionSyntaxError(thrown.message, thrown.position)
    // A regular expression that is none: JSONata leaves it to JavaScript, which knows no position.
    if (thrown instanceof SyntaxError) throw new ExpressionSyntaxError(thrown.message, 0)
    throw thrown
  }
}

const isSyntaxError = (thrown: unknown): thrown is { message: string; position: number } =>
  typeof thrown === 'object' &&
  thrown !== null &&
  'message' in thrown &&
  'position' in thrown &&
  typeof thrown.position === 'number'
