import { parseAllowances } from '../allowance.ts'
import { createEgress, type Egress } from '../egress.ts'

/** For tests whose services listen on loopback, as an operator would allow it. */
export const loopbackEgress = (folders: readonly string[] = []): Egress =>
  createEgress({ allow: parseAllowances('127.0.0.0/8,::1'), folders })
