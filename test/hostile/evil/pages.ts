import { evilTexts } from './texts.ts'

/** Evil HTML of about so many characters; `any` is a number from 0 to 1, for what shall differ from page to page. */
type Make = (length: number, any: () => number) => string

const times = (part: string, length: number): string => part.repeat(Math.max(1, Math.ceil(length / part.length)))
const numbered = (part: (n: number) => string, length: number): string =>
  Array.from({ length: Math.max(1, Math.ceil(length / part(0).length)) }, (_, n) => part(n)).join('')
const within = (body: string): string =>
  `<!doctype html><html><head><title>Acme</title></head><body>${body}</body></html>`

/** Nests a part so deep that what recurses runs out of stack. */
const nested = (open: string, close: string, length: number): string => {
  const deep = Math.ceil(length / (open.length + close.length))
  return open.repeat(deep) + close.repeat(deep)
}

const ldJson = (json: string): string => `<script type="application/ld+json">${json}</script>`

const shapes: Readonly<Record<string, Make>> = {
  'a meta tag of dashes': (length) => `<meta http-equiv=refresh content="${times('-', length)}`,
  'a meta tag that never ends': (length) => `<meta ${times('http-equiv ', length)}`,
  'meta tags that begin': (length) => times('<meta ', length),
  'a refresh with a long address': (length) =>
    `<meta http-equiv="refresh" content="0;url=${times('https://', length)}">`,
  'refresh after refresh': (length) => numbered((n) => `<meta http-equiv=refresh content="0;url=/${n}">`, length),
  'elements within elements': (length) => within(nested('<div>', '</div>', length)),
  'tables within tables': (length) => within(nested('<table><tr><td>', '</td></tr></table>', length)),
  'links within links': (length) => within(times('<a href=/x>', length)),
  'formatting that crosses': (length) => within(times('<b><i></b></i>', length)),
  'fonts that are adopted': (length) => within(times('<font><p><b>', length)),
  'paragraphs that never end': (length) => within(times('<p>', length)),
  'comments that never end': (length) => times('<!--', length),
  'comments of dashes': (length) => `<!--${times('--!', length)}`,
  'scripts that never end': (length) => times('<script>', length),
  'styles that never end': (length) => times('<style>', length),
  'styles of many rules': (length) =>
    `<style>${numbered((n) => `.c${n} { display: none }`, length)}</style><p class="c1 c2 c3">a@b.example`,
  'a style of open braces': (length) => `<style>${times('.a {', length)}</style>`,
  'hidden elements': (length) => within(times('<p style="display:none">a@b.example</p>', length)),
  'elements of many classes': (length) =>
    within(`<style>.x{display:none}</style><p class="${numbered((n) => `c${n} `, length)}">a@b.example`),
  'a tag of many attributes': (length) => within(`<p ${numbered((n) => `a${n}=1 `, length)}>`),
  'an attribute without an end': (length) => within(`<a href="${times('x', length)}`),
  'end tags alone': (length) => times('</', length),
  'end tags of everything': (length) => within(times('</p></br></body></html>', length)),
  'entities of nothing': (length) => within(times('&', length)),
  'entities in numbers': (length) => within(times('&#x1F469;&#8205;', length)),
  'entities that never end': (length) => within(times('&amp', length)),
  'ld+json in lists of lists': (length) => within(ldJson(nested('[', ']', length))),
  'ld+json of objects': (length) => within(ldJson(nested('{"a":', '}', length))),
  'ld+json that is long': (length) =>
    within(
      ldJson(`[${numbered((n) => `{"@type":"Person","name":"Anna Berg ${n}","email":"a${n}@b.example"},`, length)}0]`),
    ),
  'ld+json in pieces': (length) =>
    within(numbered((n) => ldJson(`{"@type":"Organization","name":"Acme ${n}"}`), length)),
  'ld+json that is none': (length) => within(ldJson(times('{"a":"\\', length))),
  'ld+json that points to itself': (length) =>
    within(ldJson(`{"@graph":[${numbered((n) => `{"@id":"#${n}","employee":{"@id":"#${n + 1}"}},`, length)}{}]}`)),
  'microdata within microdata': (length) =>
    within(nested('<div itemscope itemtype="https://schema.org/Person" itemprop=employee>', '</div>', length)),
  'properties without a thing': (length) => within(times('<span itemprop=name>Anna</span>', length)),
  'things that refer': (length) =>
    within(`<div itemscope itemref="${numbered((n) => `i${n} `, length)}"></div><p id=i1 itemprop=name>Anna`),
  'cards of people': (length) =>
    within(numbered((n) => `<p class=vcard><b class=fn>Anna Berg ${n}</b><i class=title>CEO</i></p>`, length)),
  'people by the thousand': (length) =>
    within(numbered((n) => `<h3>Anna Berg${String.fromCharCode(97 + (n % 26))}</h3><p>Head of Sales</p>`, length)),
  'addresses by the thousand': (length) => within(numbered((n) => `a${n}@b${n}.example `, length)),
  'mail links by the thousand': (length) =>
    within(numbered((n) => `<a href="mailto:a${n}@acme.example">Anna ${n}</a>`, length)),
  'a mail link to thousands': (length) => within(`<a href="mailto:${numbered((n) => `a${n}@b.example,`, length)}">`),
  'mail links of percent signs': (length) => within(`<a href="mailto:${times('%40', length)}">`),
  'protected addresses': (length) => within(times('<a data-cfemail="7f1e3f1d511c1012">x</a>', length)),
  'a protected address that is long': (length) => within(`<a data-cfemail="${times('7f', length)}">x</a>`),
  'addresses that are spelled out': (length) => within(times('anna (at) acme (dot) example ', length)),
  'addresses that are put together': (length) =>
    within(times(`<script>document.write('a'+'@'+'b.example')</script>`, length)),
  'phones by the thousand': (length) => within(numbered((n) => `+49 30 ${100_000 + n} `, length)),
  'phone links by the thousand': (length) =>
    within(numbered((n) => `<a href="tel:+4930${100_000 + n}">call</a>`, length)),
  'one phone without an end': (length) => within(`Tel. +49 ${times('30 ', length)}`),
  'postcodes and streets': (length) => within(times('12 Main Street, 10115 Berlin, ', length)),
  'numbers before streets': (length) => within(`${times('1 ', length)}Street`),
  'companies in a row': (length) => within(times('Acme GmbH & Co. KG ', length)),
  'copyrights in a row': (length) => within(times('© 2026 Acme ', length)),
  'countries in a row': (length) => within(times('Germany France Spain ', length)),
  'titles in a row': (length) => within(times('Prof. Dr. Dr. h.c. ', length)),
  'profiles by the thousand': (length) =>
    within(numbered((n) => `<a href="https://www.linkedin.com/in/anna-${n}">Anna</a>`, length)),
  'links by the thousand': (length) => within(numbered((n) => `<a href="/page/${n}">contact</a>`, length)),
  'links as long as a page': (length) => within(`<a href="/${times('a/../', length)}">contact</a>`),
  'a base that leads away': (length) => `<base href="${times('//', length)}">${within('<a href=x>contact</a>')}`,
  'frames by the thousand': (length) => within(numbered((n) => `<iframe src="/f${n}"></iframe>`, length)),
  'a frame without an end': (length) => `<iframe ${times('a ', length)}src`,
  'options by the thousand': (length) => within(`<select>${times('<option>Germany', length)}`),
  'pictures in text': (length) => within(`<svg>${nested('<g>', '</g>', length)}</svg>`),
  'mathematics in text': (length) => within(times('<math><mi><svg><p>', length)),
  'templates within templates': (length) => within(nested('<template>', '</template>', length)),
  'pages within pages': (length) => times(within('a@b.example'), length),
  'two bytes of everything': (length, any) =>
    within(Array.from({ length }, () => String.fromCharCode(Math.floor(any() * 65_536))).join('')),
  'tags by chance': (length, any) => {
    const tags = ['<div>', '</div>', '<p', '>', '<a href="', '"', "'", '<!--', '-->', '<script>', '@', 'a', ' ', '\0']
    return within(Array.from({ length: length / 4 }, () => tags[Math.floor(any() * tags.length)]).join(''))
  },
}

const ofTexts = Object.fromEntries(
  Object.entries(evilTexts).map(([name, make]): [string, Make] => [
    `text: ${name}`,
    (length) => within(`<p>${make(length)}</p>`),
  ]),
)

/** By their names; each gives another page with another length. */
export const evilPages: Readonly<Record<string, Make>> = { ...shapes, ...ofTexts }
