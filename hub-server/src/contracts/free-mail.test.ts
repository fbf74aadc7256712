import { describe, expect, it } from 'vitest'
import { isDisposableDomain, isFreeMailDomain, isNoEmployer } from './free-mail.ts'
import { yardstickLines } from './testing/yardstick.ts'

describe('kinds of domains', () => {
  it.each(['gmail.com', 'gmx.de', 'yahoo.co.uk', 'outlook.com', 'hey.com', 'qq.com', 'mail.ru'])(
    '%s is a free provider',
    (domain) => {
      expect([isFreeMailDomain(domain), isDisposableDomain(domain)]).toEqual([true, false])
    },
  )

  it.each(['mailinator.com', 'guerrillamail.com', 'yopmail.com', 'sub.mailinator.com'])(
    '%s is thrown away, and not free',
    (domain) => {
      expect([isFreeMailDomain(domain), isDisposableDomain(domain)]).toEqual([false, true])
    },
  )

  it.each(['siemens.com', 'acme.example', 'bbc.co.uk', 'co.uk'])('%s is neither', (domain) => {
    expect([isFreeMailDomain(domain), isDisposableDomain(domain)]).toEqual([false, false])
  })

  it.each(['GMX.de', ' www.gmx.de ', 'gmail.com.', 'mailinator.com'])('nobody is employed at %s', (domain) => {
    expect(isNoEmployer(domain)).toBe(true)
  })

  it.each(['siemens.com', 'google.com', 'acme.uk.com', 'gmx-design.example'])(
    'somebody may be employed at %s',
    (domain) => {
      expect(isNoEmployer(domain)).toBe(false)
    },
  )

  const blocklist = yardstickLines('email/lists/disposable_email_blocklist.conf')
  it.skipIf(!blocklist)('knows all but one of the community’s throw-away domains', () => {
    expect((blocklist ?? []).filter((domain) => !isDisposableDomain(domain)).length).toBeLessThanOrEqual(1)
  })
})
