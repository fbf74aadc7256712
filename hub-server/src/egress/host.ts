import { isIP } from 'node:net'
import { HubError } from '../contracts/errors.ts'

const notAHost = (text: string): HubError =>
  new HubError('invalid_input', `“${text.slice(0, 100)}” is not the name or the address of a server.`, {
    advice: 'Give a name such as mail.acme.com, without what stands before or after it in an address.',
  })

/** What would end a host, or begin something else, inside an address. */
const outside = /[/\\?#@\s]/

/**
 * A host in its one normal form: lower case, ASCII, no brackets, no dot at the end. Octal, hexadecimal and decimal
 * spellings, other scripts' digits and percent-encoding become the address that they mean, as browsers read them
 * (https://url.spec.whatwg.org/#host-parsing): the system's look-up would understand many of them, too.
 * @throws HubError invalid_input
 */
export const canonicalHost = (text: string): string => {
  const bare = text.replace(/^\[(.*)\]$/, '$1')
  if (isIP(bare) === 4) return bare
  if (outside.test(bare) || (bare.includes(':') && isIP(bare) === 0)) throw notAHost(text)
  // Not within an address: URL knows no zones.
  if (bare.includes('%') && isIP(bare) === 6) return bare.toLowerCase()
  const address = `http://${isIP(bare) === 6 ? `[${bare}]` : bare}/`
  if (!URL.canParse(address)) throw notAHost(text)
  const { hostname } = new URL(address)
  const host = hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
  if (host === '') throw notAHost(text)
  return host
}
