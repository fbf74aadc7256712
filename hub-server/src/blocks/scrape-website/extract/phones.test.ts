import { describe, expect, it } from 'vitest'
import { extractPage } from './page.ts'

const phones = (html: string, url = 'https://acme.com/') => extractPage({ url, html }).phones
const values = (html: string, url?: string) => phones(html, url).map((phone) => phone.value)

describe('telephone numbers', () => {
  it.each([
    '(202) 555-0123',
    '202.555.0123',
    '202-555-0123',
    '1-202-555-0123',
    '+1 202 555 0123',
    '202/555-0123',
    'Tel 2025550123',
    'Phone202-555-0123',
  ])('are read however they are written: %s', (text) => {
    expect(values(`<p>${text}</p>`)).toEqual(['+12025550123'])
  })

  it('are of the country of the domain, the postcode or the language', () => {
    expect(values('<p>Tel. 020 7946 0123', 'https://acme.co.uk/')).toEqual(['+442079460123'])
    expect(values('<p>Tel. 020 7946 0123<p>London W1A 1AA')).toEqual(['+442079460123'])
    expect(values('<html lang="de"><p>Telefon: 030 23125 123')).toEqual(['+493023125123'])
  })

  it('are British on an English page that gives away nothing else but the zero', () => {
    expect(values('<p>Call 01632 960123')).toEqual([])
    expect(values('<p>Call 020 7946 0123')).toEqual(['+442079460123'])
  })

  it('lose the zero in brackets behind the country code', () => {
    expect(values('<p>+44 (0)20 7946 0123')).toEqual(['+442079460123'])
    expect(values('<p>Tel (65) 6436 5000')).toEqual(['+6564365000'])
  })

  it('keep an extension apart', () => {
    expect(phones('<p>202-555-0123 ext. 45')[0]).toMatchObject({ value: '+12025550123', extension: '45' })
  })

  it('are dialled when they are words', () => {
    expect(values('<p>1-800-FLOWERS')).toEqual(['+18003569377'])
    expect(values('<p>(520) 494-STAR')).toEqual(['+15204947827'])
  })

  it('are told from faxes and mobiles', () => {
    expect(phones('<p>Tel: 202-555-0123 Fax: 202-555-0124').map((phone) => phone.kind)).toEqual(['phone', 'fax'])
    expect(phones('<p>Fax</p><p>202-555-0124</p>')[0]?.kind).toBe('fax')
    expect(phones('<p>Mobile: 202-555-0125')[0]?.kind).toBe('mobile')
    expect(phones('<p>+44 7400 123456')[0]?.kind).toBe('mobile')
  })

  it('are two where two stand side by side', () => {
    expect(values('<p>202 555 0123 202 555 0124')).toEqual(['+12025550123', '+12025550124'])
  })

  it('come out of tel: links', () => {
    expect(phones('<a href="tel:+1-202-555-0123">Call</a>')).toMatchObject([{ value: '+12025550123', source: 'tel' }])
  })

  it.each([
    '2014-05-06',
    '05/06/2014',
    '1 2 3 4 5 6 7 8 9 10 11',
    '192.168.100.200',
    'ISBN 978-0-306-40615',
    '41.913612, -87.648112',
    'Boston MA 01803-2050',
    '© 2010-2014',
    '$1,202,555,012',
    'SKU 2025550123',
    '2010 - 2014',
    'AB2025550123',
  ])('are never made up from %s', (text) => {
    expect(values(`<p>${text}</p>`)).toEqual([])
  })
})
