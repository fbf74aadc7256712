import { load } from 'cheerio/slim'
import { describe, expect, it } from 'vitest'
import { parseTolerantly } from './json-ld.ts'
import { readStructured } from './structured.ts'

const microdata = `<div itemscope itemtype="https://schema.org/Dentist">
  <h1 itemprop="name">Acme Dental</h1><span itemprop="telephone">+1 202-555-0123</span>
  <a itemprop="email" href="mailto:info@acme.example">mail</a>
  <div itemprop="address" itemscope itemtype="https://schema.org/PostalAddress">
    <span itemprop="streetAddress">12 Main St</span><span itemprop="addressLocality">Springfield</span>
    <span itemprop="addressRegion">IL</span><span itemprop="postalCode">62701</span>
    <meta itemprop="addressCountry" content="US"></div>
  <div itemprop="employee" itemscope itemtype="https://schema.org/Person">
    <b itemprop="name">Jane Doe</b><i itemprop="jobTitle">Dentist</i></div></div>`
const rdfa = microdata
  .replace('itemscope itemtype="https://schema.org/Dentist"', 'vocab="https://schema.org/" typeof="Dentist"')
  .replace(/ itemscope itemtype="https:\/\/schema.org\/(\w+)"/g, ' typeof="$1"')
  .replaceAll('itemprop', 'property')
const jsonLd = `<script type="application/ld+json">${JSON.stringify({
  '@context': 'https://schema.org',
  '@graph': [
    {
      '@type': 'Dentist',
      name: 'Acme Dental',
      telephone: '+1 202-555-0123',
      email: 'mailto:info@acme.example',
      address: {
        '@type': 'PostalAddress',
        streetAddress: '12 Main St',
        addressLocality: 'Springfield',
        addressRegion: 'IL',
        postalCode: '62701',
        addressCountry: 'US',
      },
      employee: { '@id': '#jane' },
    },
    { '@type': 'Person', '@id': '#jane', name: 'Jane Doe', jobTitle: 'Dentist' },
  ],
})}</script>`
const facts = (html: string) =>
  JSON.parse(
    JSON.stringify(readStructured(load(html)), (key, value: unknown) => (key === 'source' ? undefined : value)),
  ) as unknown

describe('structured data', () => {
  it('says the same in JSON-LD, microdata and RDFa', () => {
    expect(facts(microdata)).toEqual(facts(jsonLd))
    expect(facts(rdfa)).toEqual(facts(jsonLd))
    expect(facts(jsonLd)).toMatchObject({
      emails: [{ value: 'info@acme.example' }],
      organisations: [{ name: 'Acme Dental' }],
      people: [{ name: 'Jane Doe', title: 'Dentist' }],
      addresses: [{ street: '12 Main St', city: 'Springfield', state: 'IL', postcode: '62701', country: 'US' }],
    })
  })

  it("does not take a reviewer, an author or a performer for the company's own", () => {
    const product = {
      '@type': 'Product',
      review: { '@type': 'Review', author: { '@type': 'Person', name: 'Ann Reviewer' } },
      brand: { '@type': 'Organization', name: 'Other' },
    }
    const html = `<script type="application/ld+json">${JSON.stringify(product)}</script>`
    expect(facts(html)).toMatchObject({ people: [], organisations: [] })
  })

  it.each([
    ['a comma too many', '{"a": [1, 2,], }'],
    ['comments', '/* x */ {"a": [1, 2]} // y'],
    ['CDATA', '//<![CDATA[\n{"a": [1, 2]}\n//]]>'],
    ['a semicolon', '{"a": [1, 2]};'],
    ['stray escapes', '{"a": [1, 2], "b": "it\\\'s"}'],
  ])('is read in spite of %s', (_, text) => {
    expect(parseTolerantly(text)).toMatchObject({ a: [1, 2] })
  })

  it('is read in spite of a line break inside a string, and of two documents in a row', () => {
    expect(parseTolerantly('{"a": "b\nc"}')).toEqual({ a: 'b c' })
    expect(parseTolerantly('{"a": 1}\n{"a": 2}')).toEqual([{ a: 1 }, { a: 2 }])
  })

  it('is nothing where it is beyond repair', () => {
    expect(parseTolerantly('{"a": ')).toEqual([])
  })
})
