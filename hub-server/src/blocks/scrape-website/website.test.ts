import { describe, expect, it } from 'vitest'
import { parseWebsite } from './website.ts'

const candidates = (text: string) => {
  const website = parseWebsite(text)
  return 'problem' in website ? website.problem : website.candidates
}

describe('a website as a person writes it', () => {
  it.each([
    ['acme.example', ['https://acme.example/', 'http://acme.example/', 'https://www.acme.example/']],
    [' ACME.example/ ', ['https://acme.example/', 'http://acme.example/', 'https://www.acme.example/']],
    [
      'http://www.acme.example/contact?x=1#top',
      ['http://www.acme.example/contact?x=1', 'https://www.acme.example/contact?x=1'],
    ],
    ['http:/acme.example', ['http://acme.example/', 'https://acme.example/', 'http://www.acme.example/']],
    ['<https://shop.acme.co.uk>', ['https://shop.acme.co.uk/', 'http://shop.acme.co.uk/']],
    ['//acme.example', ['https://acme.example/', 'http://acme.example/', 'https://www.acme.example/']],
    ['https://acme.example:8443/', ['https://acme.example:8443/']],
    [
      'müller.example',
      ['https://xn--mller-kva.example/', 'http://xn--mller-kva.example/', 'https://www.xn--mller-kva.example/'],
    ],
  ])('%s', (text, expected) => {
    expect(candidates(text)).toEqual(expected)
  })

  it('takes an e-mail address for its domain, and says so', () => {
    expect(parseWebsite('mailto:anna@acme.example')).toMatchObject({
      host: 'acme.example',
      note: expect.stringContaining('is an e-mail address'),
    })
  })

  it.each([
    '',
    '  ',
    'n/a',
    'none',
    'Acme Ltd',
    'ftp://acme.example',
    'anna@gmail.com',
    'https://',
    'javascript:alert(1)',
  ])('%j is none', (text) => {
    expect(parseWebsite(text)).toHaveProperty('problem')
  })

  it('knows the same address in other clothes', () => {
    const keys = [
      'acme.example',
      'http://www.acme.example/',
      'https://ACME.example/index.html?utm_source=x',
      'acme.example#top',
    ].map((text) => {
      const website = parseWebsite(text)
      return 'key' in website && website.key
    })
    expect(new Set(keys).size).toBe(1)
  })
})
