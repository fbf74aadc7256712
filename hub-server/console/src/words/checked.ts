import type { Connector } from '../types.ts'
import { dayOf } from './dates.ts'

const sources: Readonly<Record<string, string>> = {
  description: 'the service’s official description',
  openapi: 'the service’s official description',
  sdk: 'the service’s own SDK',
  docs: 'the service’s documentation',
}

/** How far this connector can be trusted: what it was checked against, and when. */
export const checkedInWords = ({ against, on, note }: Connector['checked']): string => {
  const unproven = ['', 'nothing', 'none', 'unproven'].includes(against.toLowerCase())
  const said = unproven
    ? 'Unproven: not yet checked against anything the service publishes.'
    : `Checked against ${sources[against.toLowerCase()] ?? against} on ${dayOf(on)}.`
  return note ? `${said} ${note}` : said
}
