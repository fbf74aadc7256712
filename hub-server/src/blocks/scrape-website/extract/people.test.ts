import { describe, expect, it } from 'vitest'
import { extractPage } from './page.ts'
import { isTitle, personName } from './people-words.ts'

const people = (html: string) => extractPage({ url: 'https://acme.example/team', html }).people

describe('people', () => {
  it('are read from cards, each with the address and number beside it', () => {
    expect(
      people(`<div><h3>Jane Doe</h3><p>Head of Sales</p>
        <a href="mailto:jane@acme.example">Mail</a><p>202-555-0123</p></div>
      <div><h3>Dr. Karl-Heinz van den Berg</h3><p>Geschäftsführer</p>
        <a href="https://www.linkedin.com/in/khvdb">in</a></div>`),
    ).toEqual([
      { name: 'Jane Doe', title: 'Head of Sales', email: 'jane@acme.example', phone: '+12025550123', source: 'text' },
      {
        name: 'Karl-Heinz van den Berg',
        title: 'Geschäftsführer',
        linkedin: 'https://www.linkedin.com/in/khvdb',
        source: 'text',
      },
    ])
  })

  it.each([
    'Jane Doe, Chief Executive Officer',
    'Jane Doe – Managing Director',
    'Jane Doe | Owner',
    'CEO: Jane Doe',
    'Geschäftsführerin: Jane Doe',
  ])('are read from one line: %s', (text) => {
    expect(people(`<p>${text}</p>`)).toMatchObject([{ name: 'Jane Doe' }])
  })

  it('are read from hCards', () => {
    expect(
      people(
        '<div class="vcard"><b class="fn">Jane Doe</b> <i class="title">Partner</i> <a class="email" ' +
          'href="mailto:jane@acme.example">m</a></div>',
      ),
    ).toMatchObject([{ name: 'Jane Doe', title: 'Partner', email: 'jane@acme.example', source: 'hcard' }])
  })

  it.each([
    '<h3>Jane Doe</h3><p>I loved the service!</p>',
    '<li>Water Line Repair</li><li>Lead Pipe Technician</li>',
    '<h2>Sales Manager</h2><p>Great Company</p>',
    '<h3>Our Team</h3><p>Director</p>',
    '<h3>New York</h3><p>General Manager</p>',
    '<h3>Gift Card</h3><p>Designer</p>',
    '<p>Ask your account manager, John Street</p>',
  ])('are never made up from %s', (html) => {
    expect(people(html)).toEqual([])
  })

  it('are given by their names alone', () => {
    expect(personName('Dr. Jane A. Doe, PhD')).toBe('Jane A. Doe')
    expect(personName('JANE DOE')).toBe('Jane Doe')
    expect(personName('Contact Us')).toBeNull()
    expect(isTitle('Vice President Operations/General Manager')).toBe(true)
    expect(isTitle('Our director is here for you')).toBe(false)
  })
})
