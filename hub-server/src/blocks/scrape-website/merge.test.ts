import { describe, expect, it } from 'vitest'
import type { EmailFact, PageFacts, PersonFact } from './extract/types.ts'
import { mergeContacts } from './merge.ts'
import { isMadeFrom, sameName } from './names.ts'

const person = (name: string, more: Partial<PersonFact> = {}): PersonFact => ({ name, source: 'text', ...more })
const email = (value: string, role = false): EmailFact => ({ value, role, source: 'text' })
const page = (path: string, people: PersonFact[] = [], emails: EmailFact[] = []) => {
  const facts: PageFacts = { emails, people, phones: [], company: { addresses: [] }, social: {}, links: [] }
  return { url: `http://acme.example${path}`, facts }
}

describe('people of several pages', () => {
  it('are each given once, with all that any page says', () => {
    const { people } = mergeContacts([
      page('/team', [person('Dr. Anna Schmidt', { title: 'CEO' }), person('Bob Ray')]),
      page(
        '/contact',
        [person('Anna Schmidt', { email: 'anna@acme.example', phone: '+12025550101' })],
        [email('anna@acme.example')],
      ),
    ])
    expect(people).toEqual([
      {
        name: 'Dr. Anna Schmidt',
        title: 'CEO',
        email: 'anna@acme.example',
        phone: '+12025550101',
        linkedin: undefined,
        source: 'http://acme.example/contact',
      },
      expect.objectContaining({ name: 'Bob Ray', source: 'http://acme.example/team' }),
    ])
  })

  it('get the address that was made from their name, if it fits nobody else', () => {
    const named = mergeContacts([
      page('/team', [person('Jörg Müller'), person('Bob Ray')]),
      page('/contact', [], [email('j.mueller@acme.example')]),
    ])
    expect(named.people.map(({ name, email: found }) => [name, found])).toEqual([
      ['Jörg Müller', 'j.mueller@acme.example'],
      ['Bob Ray', undefined],
    ])
    const twins = mergeContacts([
      page('/team', [person('Anna Ray'), person('Alan Ray')]),
      page('/contact', [], [email('aray@acme.example')]),
    ])
    expect(twins.people).toHaveLength(3)
  })

  it('keep two addresses of one name apart, and lose none', () => {
    const { people } = mergeContacts([
      page('/', [
        person('Anna Ray', { email: 'anna@acme.example' }),
        person('Anna Ray', { email: 'ray@acme.example' }),
      ]),
    ])
    expect(people.map(({ email: found }) => found)).toEqual(['anna@acme.example', 'ray@acme.example'])
  })

  it('share no address: the first one keeps it', () => {
    const { people } = mergeContacts([
      page('/', [
        person('Anna Ray', { email: 'anna@acme.example' }),
        person('Bob Lee', { email: 'anna@acme.example' }),
      ]),
    ])
    expect(people.map(({ name, email: found }) => [name, found])).toEqual([
      ['Anna Ray', 'anna@acme.example'],
      ['Bob Lee', undefined],
    ])
  })
})

describe('general addresses', () => {
  it('are each given once, with the first page they stand on; one named beside a person is no person’s', () => {
    const { people, general } = mergeContacts([
      page('/', [person('Anna Ray', { email: 'info@acme.example' })], [email('info@acme.example', true)]),
      page('/contact', [], [email('INFO@acme.example', true), email('acme@acme.example'), email('sales@acme.example')]),
    ])
    expect(general).toEqual([
      { email: 'info@acme.example', source: 'http://acme.example/' },
      { email: 'acme@acme.example', source: 'http://acme.example/contact' },
      { email: 'sales@acme.example', source: 'http://acme.example/contact' },
    ])
    expect(people).toEqual([expect.objectContaining({ name: 'Anna Ray' })])
    expect(people[0]?.email).toBeUndefined()
  })
})

describe('names', () => {
  it.each([
    ['Anna Schmidt', 'Schmidt, Anna'],
    ['Dr. Anna Schmidt', 'ANNA SCHMIDT'],
    ['Anna M. Schmidt', 'Anna Schmidt'],
    ['José Núñez', 'Jose Nunez'],
  ])('%s is %s', (a, b) => {
    expect(sameName(a, b)).toBe(true)
  })
  it.each([
    ['Anna Schmidt', 'Anna Meyer'],
    ['Anna', 'Anna Schmidt'],
    ['Dr.', 'Prof.'],
    ['', ''],
  ])('%s is not %s', (a, b) => {
    expect(sameName(a, b)).toBe(false)
  })
  it.each([
    ['anna.schmidt', 'Anna Schmidt', true],
    ['aschmidt', 'Anna Schmidt', true],
    ['schmidt', 'Anna Schmidt', true],
    ['mueller', 'Jörg Müller', true],
    ['anna', 'Anna Schmidt', false],
    ['b.schmidt', 'Anna Schmidt', false],
  ])('%s made from %s: %s', (local, name, made) => {
    expect(isMadeFrom(local, name)).toBe(made)
  })
})
