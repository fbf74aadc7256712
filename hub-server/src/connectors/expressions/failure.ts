import { HubError } from '../../contracts/errors.ts'
import type { Place } from './expression.ts'

/** The error of an expression that failed: which connector, which field, why. */
export const expressionFailure = (place: Place, source: string, why: string, cause?: unknown): HubError =>
  new HubError('bad_response', `Connector ${place.connector}: ${place.field} (=${shorten(source)}) ${why}.`, {
    advice: 'The service answered something unexpected, or the expression in connector.yaml is wrong.',
    provider: place.connector,
    cause,
  })

const shorten = (source: string): string => {
  const line = source.trim().replace(/\s+/g, ' ')
  return line.length > 80 ? `${line.slice(0, 79)}…` : line
}
