import { describe, expect, it } from 'vitest'
import { decodeHtml } from './charset.ts'

const latin1 = (text: string) => Buffer.from(text, 'latin1')
const cases: [string, Buffer, string | undefined, string, string][] = [
  ['the header’s charset', latin1('Müller'), 'text/html; charset="ISO-8859-1"', 'Müller', 'windows-1252'],
  [
    'a byte order mark, before the header',
    Buffer.from('\uFEFFMüller'),
    'text/html; charset=iso-8859-1',
    'Müller',
    'utf-8',
  ],
  [
    'the page’s own word',
    Buffer.concat([latin1('<meta charset="windows-1251">'), Buffer.from([0xcc, 0xe8, 0xf0])]),
    'text/html',
    '<meta charset="windows-1251">Мир',
    'windows-1251',
  ],
  [
    'the old form of it',
    latin1('<meta http-equiv=Content-Type content="text/html; charset=iso-8859-15">\xa4'),
    undefined,
    '<meta http-equiv=Content-Type content="text/html; charset=iso-8859-15">€',
    'iso-8859-15',
  ],
  [
    'an XML declaration',
    latin1('<?xml version="1.0" encoding="iso-8859-1"?>é'),
    'application/xhtml+xml',
    '<?xml version="1.0" encoding="iso-8859-1"?>é',
    'windows-1252',
  ],
  ['utf-8 where nobody says', Buffer.from('Müller'), undefined, 'Müller', 'utf-8'],
  [
    'windows-1252 where it cannot be utf-8',
    latin1('Müller \x93Söhne\x94'),
    undefined,
    'Müller “Söhne”',
    'windows-1252',
  ],
  ['what it is, where the header lies', latin1('Müller'), 'text/html; charset=utf-8', 'Müller', 'windows-1252'],
  ['utf-8 in spite of an invented name', Buffer.from('Müller'), 'text/html; charset=none', 'Müller', 'utf-8'],
  [
    'utf-8 where ASCII letters claim utf-16',
    Buffer.from('<meta charset=utf-16>ü'),
    undefined,
    '<meta charset=utf-16>ü',
    'utf-8',
  ],
  [
    'utf-8 with one broken letter among many',
    Buffer.concat([Buffer.from('äöüäöü'), Buffer.from([0xff])]),
    undefined,
    'äöüäöü\uFFFD',
    'utf-8',
  ],
]

describe('a page’s charset', () => {
  it.each(cases)('is %s', (_name, bytes, header, html, charset) => {
    expect(decodeHtml(bytes, header)).toEqual({ html, charset })
  })
})
