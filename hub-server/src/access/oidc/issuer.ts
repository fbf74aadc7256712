import { HubError } from '../../contracts/errors.ts'

/** Loopback, by name or number: nobody is on the way there. */
const ownMachine = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/**
 * Without TLS anybody on the way could say who somebody is.
 * @returns whether it is one on this machine, which needs none
 * @throws HubError invalid_input for another one without TLS
 */
export const requireTls = (issuer: string): boolean => {
  const { protocol, hostname } = new URL(issuer)
  if (protocol === 'https:') return false
  if (protocol === 'http:' && ownMachine.test(hostname)) return true
  throw new HubError('invalid_input', `OIDC_ISSUER ${issuer} is not reached by https.`, {
    advice: 'Give its https address; http is for a provider on this machine alone.',
  })
}
