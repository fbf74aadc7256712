import type { Dice } from './dice.ts'
import { facet } from './dice.ts'
import type { Domains } from './domains.ts'
import { disposableDomains, freeDomains, mailServiceOf, personMailOf } from './mail.ts'
import type { People } from './people.ts'
import { isRole } from './roles.ts'
import type { Mailbox, MailboxKind, MxRecord } from './types.ts'
import { before } from '../../contracts/text/trim.ts'

const ROLE = facet('mailbox.role')

const atom = "[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
const syntax = new RegExp(
  `^${atom}(?:\\.${atom})*` + String.raw`@((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63})$`,
)

/** The truth about addresses and their domains' mail servers. */
export interface Mailboxes {
  readonly mailboxOf: (address: string) => Mailbox
  readonly resolveMx: (domain: string) => readonly MxRecord[] | null
}

export const createMailboxes = (dice: Dice, domains: Domains, people: People): Mailboxes => {
  /** A desk exists at a third of the companies, the general one at all. */
  const deskExists = (company: number, local: string): boolean =>
    local === 'info' || local === 'postmaster' || dice.fraction(ROLE ^ facet(local), company) < 0.35

  const kindAt = (company: number, local: string, domain: string): { kind: MailboxKind; exists: boolean | null } => {
    const service = mailServiceOf(dice, company)
    if (service === 'none') return { kind: 'no-mail', exists: false }
    const person = people.indexOfEmail(local, domain)
    const desk = isRole(local) && deskExists(company, local)
    if (service === 'catch-all')
      return { kind: 'catch-all', exists: desk || (person !== null && personMailOf(dice, person) !== 'dead') }
    if (isRole(local)) return { kind: desk ? 'role' : 'missing', exists: desk }
    if (person === null) return { kind: 'missing', exists: false }
    const mail = personMailOf(dice, person)
    if (mail === 'dead') return { kind: 'dead', exists: false }
    return mail === 'greylisted' ? { kind: 'greylisted', exists: null } : { kind: 'personal', exists: true }
  }

  return {
    mailboxOf: (given) => {
      const address = given.trim().toLowerCase()
      const cut = address.lastIndexOf('@')
      const [local, domain] = [address.slice(0, Math.max(cut, 0)), address.slice(cut + 1)]
      const plain = {
        address,
        local,
        domain,
        catchAll: false,
        role: false,
        disposable: false,
        free: false,
        mx: false,
        mxHost: null,
      }
      if (cut < 1 || local.length > 64 || !syntax.test(address))
        return { ...plain, local: '', domain: '', kind: 'malformed', exists: false }
      const name = before(local, '+')
      const role = isRole(name)
      if (disposableDomains.includes(domain))
        return { ...plain, kind: 'disposable', exists: true, role, disposable: true, mx: true, mxHost: `mx.${domain}` }
      if (freeDomains.includes(domain)) {
        const exists = people.indexOfEmail(local, domain) !== null
        return {
          ...plain,
          kind: exists ? 'personal' : 'missing',
          exists,
          role,
          free: true,
          mx: true,
          mxHost: `mx.${domain}`,
        }
      }
      const company = domain.startsWith('www.') ? null : domains.indexOfDomain(domain)
      if (company === null) return { ...plain, kind: 'outside', exists: null, role }
      const found = kindAt(company, name, domain)
      return {
        ...plain,
        ...found,
        role,
        catchAll: found.kind === 'catch-all',
        mx: found.kind !== 'no-mail',
        mxHost: found.kind === 'no-mail' ? null : `mx1.${domain}`,
      }
    },

    resolveMx: (given) => {
      const domain = given.trim().toLowerCase().replace(/\.$/, '')
      if (disposableDomains.includes(domain) || freeDomains.includes(domain))
        return [{ exchange: `mx.${domain}`, priority: 10 }]
      const company = domain.startsWith('www.') ? null : domains.indexOfDomain(domain)
      if (company === null) return null
      if (mailServiceOf(dice, company) === 'none') return []
      return [
        { exchange: `mx1.${domain}`, priority: 10 },
        { exchange: `mx2.${domain}`, priority: 20 },
      ]
    },
  }
}
