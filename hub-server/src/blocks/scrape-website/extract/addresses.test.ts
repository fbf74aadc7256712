import { describe, expect, it } from 'vitest'
import { extractPage } from './page.ts'

const addresses = (html: string, url = 'https://acme.com/') => extractPage({ url, html }).company.addresses

describe('postal addresses', () => {
  it.each([
    [
      '12 Main Street<br>Springfield, IL 62701',
      { street: '12 Main Street', city: 'Springfield', state: 'IL', postcode: '62701', country: 'US' },
    ],
    [
      '12 Main Street, Springfield, Illinois 62701-1234',
      { street: '12 Main Street', city: 'Springfield', state: 'IL', postcode: '62701-1234', country: 'US' },
    ],
    [
      '12 North Main Street Springfield, IL 62701',
      { street: '12 North Main Street', city: 'Springfield', state: 'IL', postcode: '62701', country: 'US' },
    ],
    [
      '12 High Street<br>Harlow, Essex CM20 2SL',
      { street: '12 High Street', city: 'Harlow', state: 'Essex', postcode: 'CM20 2SL', country: 'GB' },
    ],
    [
      '12 High Street, London, NW3 6DN',
      { street: '12 High Street', city: 'London', postcode: 'NW3 6DN', country: 'GB' },
    ],
    [
      '12 Main St, Toronto, ON M5V 2T6',
      { street: '12 Main St', city: 'Toronto', state: 'ON', postcode: 'M5V 2T6', country: 'CA' },
    ],
  ])('are read from %s', (html, address) => {
    expect(addresses(`<p>${html}</p>`)).toEqual([address])
  })

  it('are read as their country writes them', () => {
    expect(addresses('<p>Acme GmbH<br>Hauptstraße 12<br>10115 Berlin</p>', 'https://acme.de/')).toEqual([
      { street: 'Hauptstraße 12', city: 'Berlin', postcode: '10115', country: 'DE' },
    ])
    expect(addresses('<p>Dorpsstraat 12<br>1234 AB Utrecht</p>', 'https://acme.nl/')).toEqual([
      { street: 'Dorpsstraat 12', city: 'Utrecht', postcode: '1234 AB', country: 'NL' },
    ])
    expect(addresses('<p>12 rue de la Paix<br>75002 Paris</p>', 'https://acme.fr/')).toEqual([
      { street: '12 rue de la Paix', city: 'Paris', postcode: '75002', country: 'FR' },
    ])
  })

  it.each(['We love Austin, TX', 'Born in 1975 in Paris', '© 2014 UK Plumbing', 'Order 10115 Pieces'])(
    'are never made up from %s',
    (text) => {
      expect(addresses(`<p>${text}</p>`)).toEqual([])
    },
  )
})
