import { describe, expect, it } from 'vitest'
import { extractPage } from './page.ts'

const facts = (html: string) => extractPage({ url: 'https://www.acme.example/de/', html })

describe('links', () => {
  it.each([
    ['contact', 'Contact us', '/c'],
    ['contact', 'Kontakt', '/k'],
    ['contact', '', '/nous-contacter/contactez-nous.html'],
    ['imprint', 'Impressum', '/i'],
    ['imprint', 'Mentions légales', '/m'],
    ['team', 'Our people', '/p'],
    ['team', 'Équipe', '/e'],
    ['about', 'Over ons', '/o'],
    ['about', 'Chi siamo', '/s'],
    ['about', 'Quiénes somos', '/q'],
    ['other', 'Prices', '/prices'],
  ])('are %s for "%s" %s', (kind, text, href) => {
    expect(facts(`<a href="${href}">${text}</a>`).links).toEqual([{ url: `https://www.acme.example${href}`, kind }])
  })

  it('stay on the site, are absolute and come once, the useful first', () => {
    expect(
      facts(
        '<a href="news#x">News</a><a href="news">N</a><a href="https://other.test/contact">Contact</a><a ' +
          'href="//shop.acme.example/contact">Contact</a><a href="mailto:a@acme.example">m</a><a ' +
          'href="/x.pdf">PDF</a><a href="javascript:void(0)">j</a><a href="http://[bad">b</a>',
      ).links,
    ).toEqual([
      { url: 'https://shop.acme.example/contact', kind: 'contact' },
      { url: 'https://www.acme.example/de/news', kind: 'other' },
    ])
  })
})

describe('social profiles', () => {
  it("are the company's, not the buttons to share", () => {
    expect(
      facts(`<a href="https://www.facebook.com/sharer/sharer.php?u=x">f</a>
      <a href="https://twitter.com/intent/tweet?x">t</a><a href="https://www.linkedin.com/shareArticle?x">l</a>
      <a href="https://www.facebook.com/acme">f</a><a href="https://x.com/acme/">x</a>
      <a href="https://de.linkedin.com/company/acme?trk=1">l</a>
      <a href="https://www.youtube.com/watch?v=1">y</a><a href="https://www.youtube.com/@acme">y</a>`).social,
    ).toEqual({
      facebook: 'https://www.facebook.com/acme',
      x: 'https://x.com/acme',
      linkedin: 'https://de.linkedin.com/company/acme',
      youtube: 'https://www.youtube.com/@acme',
    })
  })
})
