import type { Connector } from '../types.ts'
import { dayOf } from './dates.ts'

/**
 * How far the hub can be trusted with this service: whether it was compared with what the service publishes, and when.
 */
export const checkedInWords = ({ name, checked }: Connector): string =>
  checked === undefined || checked.against === 'nothing'
    ? `Unproven: the hub was not yet compared with anything that ${name} publishes.`
    : `Compared with what ${name} publishes for this${checked.on === undefined ? '' : ` on ${dayOf(checked.on)}`}.`
