import { describe, expect, it } from 'vitest'
import { partsOf } from './parts.ts'

const urls = (html: string) => partsOf({ url: 'http://acme.example/a/', html }).map(({ url }) => url)

describe('the parts of a page', () => {
  it.each([
    [
      '<frameset><frame name=x src="menu.html"><FRAME SRC=main.html></frameset>',
      ['http://acme.example/a/menu.html', 'http://acme.example/a/main.html'],
    ],
    ['<iframe width="1" src=\'/inner?a=1&amp;b=2\'>', ['http://acme.example/inner?a=1&b=2']],
    ['<meta http-equiv="refresh" content="0; url=/home">', ['http://acme.example/home']],
    ['<META content="3;URL=\'http://acme.test/\'" HTTP-EQUIV=Refresh>', ['http://acme.test/']],
    ['<script>window.location = "/start.html"</script>', ['http://acme.example/start.html']],
    ['<script>location.replace("https://www.acme.example/")</script>', ['https://www.acme.example/']],
  ])('%s', (html, expected) => {
    expect(urls(html)).toEqual(expected)
  })

  it.each([
    '<meta http-equiv=refresh content=600>',
    '<meta http-equiv=refresh content="300;url=/later">',
    '<meta http-equiv=refresh content="0;url=/a/">',
    '<iframe src="about:blank">',
    '<iframe src="javascript:x()">',
    `<script>location.href="/x"</script>${'A page with text. '.repeat(40)}`,
  ])('%s leads nowhere', (html) => {
    expect(urls(html)).toEqual([])
  })

  it('is found in no time in a page made to be slow', () => {
    const nasty = [
      '<iframe '.repeat(100_000),
      '<meta '.repeat(100_000),
      `<meta http-equiv=${' '.repeat(300_000)}`,
      '<script '.repeat(40_000),
    ]
    expect(nasty.map(urls)).toEqual([[], [], [], []])
  })
})
