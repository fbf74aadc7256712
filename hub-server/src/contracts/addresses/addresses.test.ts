import { describe, expect, it } from 'vitest'
import {
  companyDomain,
  emailAddress,
  hostName,
  isBlank,
  isNobodysEmail,
  linkedinCompany,
  linkedinPerson,
  phoneNumber,
  somebodysEmail,
} from '../addresses.ts'

describe('an e-mail address', () => {
  it.each([
    ' Anna@Acme.example\n',
    '<anna@acme.example>',
    'Anna Berg <anna@acme.example>',
    '"Berg, Anna" <Anna@ACME.example>',
    'mailto:anna@acme.example?subject=Hello',
    'mailto:anna%40acme.example',
    'anna@acme.example.',
    '"anna@acme.example",',
    'an\u00adna@ac\u200bme.example',
    '\ufeffanna@acme.example\u200e',
    'ａｎｎａ＠ａｃｍｅ．ｅｘａｍｐｌｅ',
    'anna@acme。example',
  ])('is one in every spelling: %j', (spelling) => expect(emailAddress(spelling)).toBe('anna@acme.example'))

  it('has its domain in ASCII, and its letters composed', () => {
    expect(emailAddress('ben@BU\u0308CHER.example')).toBe('ben@xn--bcher-kva.example')
    expect(emailAddress('Jose\u0301@acme.example')).toBe('jos\u00e9@acme.example')
    expect(emailAddress('anna+news@acme.example')).not.toBe(emailAddress('anna@acme.example'))
  })

  it.each([
    '',
    'n/a',
    'none',
    '-',
    'unknown',
    'test@test',
    '[email\u00a0protected]',
    '@acme.example',
    'anna@',
    'anna berg@acme.example',
    'anna@10.0.0.1',
    'a@b@',
    `${'a'.repeat(3000)}@acme.example`,
  ])('is not %j', (text) => {
    expect(emailAddress(text)).toBeUndefined()
    expect(isNobodysEmail(text)).toBe(true)
  })

  it.each([
    'test@example.com',
    'noreply@acme.example',
    'no-reply@acme.com',
    'donotreply@acme.com',
    'none@none.com',
    'na@na.com',
    'asdf@asdf.com',
    'test@test.com',
    'your@email.com',
    'user@domain.com',
    'anna@example.org',
  ])('is nobody’s: %s', (text) => expect(somebodysEmail(text)).toBeUndefined())

  it.each([
    'anna@acme.example',
    'test@acme.example',
    'info@acme.com',
    'no@berg.com',
    'abc@berg.de',
    'user@acme.com',
    'na@hotmail.com',
  ])('is somebody’s: %s', (text) => expect(somebodysEmail(text)).toBe(text))
})

describe('what says that there is nothing', () => {
  it.each([
    '',
    ' ',
    '-',
    '--',
    '—',
    'n/a',
    'N.A.',
    '#N/A',
    'NA',
    'none',
    'Unknown',
    'undefined',
    '?',
    '[email\u00a0protected]',
    'not available',
  ])('is %j', (text) => expect(isBlank(text)).toBe(true))
  it.each(['Null', 'Na', 'No', 'Nan Li', 'Keiner', 'N', 'Tba Smith'])('is not %j, which may be a name', (text) =>
    expect(isBlank(text)).toBe(false),
  )
})

describe('a company’s domain', () => {
  it.each([
    'acme.example',
    'WWW.Acme.example',
    'https://www.acme.example/team?x=1#y',
    'http:/acme.example',
    '//acme.example',
    'acme.example:8080/x',
    'shop.acme.example',
    'anna@mail.acme.example',
    'mailto:anna@acme.example',
    'https://user:secret@acme.example/',
    ' <https://acme.example> ',
    'acme.example.',
    'ac\u200bme.example',
    'ａｃｍｅ．example',
  ])('is the one that was registered: %j', (text) => expect(companyDomain(text)).toBe('acme.example'))

  it('is in ASCII, whole where the ending has two parts, and its own where a host is for many', () => {
    expect(companyDomain('https://www.Bücher.de')).toBe('xn--bcher-kva.de')
    expect(companyDomain('shop.acme.co.uk')).toBe('acme.co.uk')
    expect(companyDomain('https://acme.github.io/x')).toBe('acme.github.io')
    expect(companyDomain('github.io')).toBe('github.io')
    expect(hostName('https://www.mail.acme.example/')).toBe('mail.acme.example')
  })

  it.each(['', 'acme', 'n/a', 'co.uk', '10.0.0.1', 'localhost', 'Acme Ltd.', 'http://[::1]/', '-'])(
    'is not %j',
    (text) => expect(companyDomain(text)).toBeUndefined(),
  )
})

describe('a person’s LinkedIn profile', () => {
  it.each([
    'https://www.linkedin.com/in/anna-berg/',
    'linkedin.com/in/Anna-Berg',
    'http://uk.linkedin.com/in/anna%2Dberg?trk=1#top',
    'https://de.linkedin.com/in/anna-berg/de',
    'https://www.linkedin.com/in/anna-berg/en?originalSubdomain=ch',
    'https://m.linkedin.com/in/anna-berg',
    'https://www.linkedin.com/mwlite/in/anna-berg',
    'https://www.linkedin.com/in/anna-berg/overlay/contact-info/',
    '/in/anna-berg',
    'in/anna-berg/',
    'https://www.linkedin.com/in/an\u200bna-berg',
  ])('is one in every spelling: %s', (text) => expect(linkedinPerson(text)).toBe('in/anna-berg'))

  it('tells people of one name in the old form apart', () => {
    expect(linkedinPerson('https://www.linkedin.com/pub/anna-berg/1/2/3')).toBe('pub/anna-berg/1/2/3')
    expect(linkedinPerson('http://ch.linkedin.com/pub/anna-berg/4/5/6/de')).toBe('pub/anna-berg/4/5/6')
    expect(linkedinPerson('https://www.linkedin.com/pub/anna-berg')).toBeUndefined()
    expect(linkedinPerson('https://www.linkedin.com/pub/dir/anna/berg/1')).toBeUndefined()
  })

  it('reads its letters, encoded or not, and Sales Navigator’s addresses', () => {
    expect(linkedinPerson('https://www.linkedin.com/in/jos%C3%A9-b')).toBe(
      linkedinPerson('https://www.linkedin.com/in/Jose\u0301-b'),
    )
    expect(linkedinPerson('https://www.linkedin.com/sales/lead/ACwAAAb1,NAME_SEARCH,x1')).toBe(
      linkedinPerson('https://www.linkedin.com/in/ACwAAAb1'),
    )
    expect(linkedinPerson('https://www.linkedin.com/sales/people/ACwAAAb1,name')).toBe('in/acwaaab1')
  })

  it.each([
    '',
    'n/a',
    'https://www.linkedin.com/in/',
    'linkedin.com/in',
    'https://www.linkedin.com/company/acme',
    'https://www.linkedin.com/school/acme',
    'https://notlinkedin.com/in/x',
    'acme.example/in/one',
    'https://www.linkedin.com/in/me/',
    'https://www.linkedin.com/in/-/',
    'https://www.linkedin.com/feed/',
  ])('is not %j', (text) => expect(linkedinPerson(text)).toBeUndefined())

  it('is not a company’s page, which has a form of its own', () =>
    expect(linkedinCompany('https://de.linkedin.com/company/Acme/about')).toBe('company/acme'))
})

describe('a phone number', () => {
  it('is in E.164, also as dialled at home where the country is known', () => {
    expect(phoneNumber(' +1 (212) 555-0123 ')).toBe('+12125550123')
    expect(phoneNumber('(212) 555-0123', 'us')).toBe('+12125550123')
    expect(phoneNumber('030\u200b 123456', 'DE')).toBe('+4930123456')
    expect(phoneNumber('tel:+49-30-123456')).toBe('+4930123456')
  })

  it.each([
    ['030 123456', undefined],
    ['030 123456', 'Germany'],
    ['n/a', 'DE'],
    ['call +12125550123', undefined],
    ['12', 'DE'],
  ])('is not %j with country %j', (text, country) => expect(phoneNumber(text, country)).toBeUndefined())
})
