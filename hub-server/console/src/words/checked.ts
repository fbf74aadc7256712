import type { Connector } from '../types.ts'
import { dayOf } from './dates.ts'

/**
 * How far the hub can be trusted with this service: whether it was compared with what the service publishes, and when.
 */
export const checkedInWords = ({ name, checked: { against, on } }: Connector): string =>
  ['', 'nothing', 'none', 'unproven'].includes(against.toLowerCase())
    ? `Unproven: the hub was not yet compared with anything that ${name} publishes.`
    : `Compared with what ${name} publishes for this on ${dayOf(on)}.`
