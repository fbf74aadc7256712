import jsonata from 'jsonata'
import { ExpressionSyntaxError } from './expression.ts'

/** Parses JSONata. @throws ExpressionSyntaxError with the position */
export const parse = (source: string): jsonata.Expression => {
  try {
    return jsonata(source)
  } catch (thrown) {
    if (isSyntaxError(thrown)) throw new ExpressionSyntaxError(thrown.message, thrown.position)
    throw thrown
  }
}

const isSyntaxError = (thrown: unknown): thrown is { message: string; position: number } =>
  typeof thrown === 'object' && thrown !== null && 'message' in thrown && 'position' in thrown && typeof thrown.position === 'number'
