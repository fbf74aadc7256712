import { describe, expect, it } from 'vitest'
import { extractPage } from './page.ts'

const page = (html: string, url = 'https://www.acme.example/contact') => extractPage({ url, html })

describe('a page', () => {
  it('gives nothing for an image sent as a page', () => {
    const facts = extractPage({ url: 'https://acme.example/', html: 'sales@acme.example', contentType: 'image/png' })
    expect(facts).toMatchObject({ emails: [], phones: [], people: [], links: [] })
  })

  it('refuses an address that is not absolute', () => {
    expect(() => extractPage({ url: '/contact', html: '' })).toThrow(TypeError)
  })

  it('is declared in a language, or speaks one', () => {
    expect(page('<html lang="de-AT"><p>Hallo').language).toBe('de')
    expect(
      page('<p>Wij zijn er voor u en bij ons is het niet duur, ook voor een klein project met onze mensen').language,
    ).toBe('nl')
    expect(page('<p>Acme').language).toBeUndefined()
  })

  it("names its company, that company's address and its country", () => {
    const { company } = page(`<title>Contact us | Acme Widgets</title><body>
      <p>Acme Widgets Inc.<br>12 Main Street<br>Suite 300<br>Springfield, IL 62701</p>
      <div class="footer">© 2010-2024 Acme Widgets Inc. All rights reserved.
        Website designed by Pixel Studio Ltd</div>`)
    expect(company.name).toMatch(/^Acme Widgets/)
    expect(company.legalName).toBe('Acme Widgets Inc.')
    expect(company.address).toEqual({
      street: '12 Main Street, Suite 300',
      city: 'Springfield',
      state: 'IL',
      postcode: '62701',
      country: 'US',
    })
  })

  it('never takes "Contact us" for the company', () => {
    expect(page('<title>Contact us</title><h1>Contact us</h1>').company.name).toBeUndefined()
  })
})

describe('hostile pages', () => {
  const hostile: Record<string, string> = {
    'a hundred thousand nested tags': '<div>'.repeat(100_000) + 'info@acme.example',
    'five megabytes of @': '@'.repeat(5_000_000),
    'five megabytes without a space': 'a'.repeat(5_000_000),
    'unfinished tags': '<a href="'.repeat(500_000),
    'half a million paragraphs': '<p>hello world '.repeat(350_000),
    'numbers without end': '<p>202 555 0123 '.repeat(300_000),
    'brackets in JSON-LD': `<script type="application/ld+json">${'['.repeat(1_000_000)}</script>`,
    'nested microdata': '<div itemscope itemprop="a">'.repeat(150_000),
    'capitals only': 'Aa '.repeat(1_600_000),
    disguises: 'x [at] y dot '.repeat(380_000),
  }
  for (const [name, html] of Object.entries(hostile)) {
    it(`are read in bounded time: ${name}`, () => {
      const start = performance.now()
      page(html)
      expect(performance.now() - start).toBeLessThan(8_000)
    })
  }
})
