import type { IncomingMessage, ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { htmlPage, textPage, redirectTo, type Page } from './html.ts'

/** What a trap does: gives a page, or handles the connection itself. */
type Trap = (path: string, url: URL, request: IncomingMessage, response: ServerResponse) => Page | 'handled'

const simple = (main: string): Page =>
  htmlPage(`<!doctype html><html lang="en"><head><title>Trap</title></head><body>${main}</body></html>`)

/** The ordinary page of a trap host, so that a crawl begins well. */
const home = (main: string): Page => simple(`<h1>A website</h1>${main}<p><a href="/contact">Contact</a></p>`)

/** Writes until a gigabyte is out or the reader has gone; waits whenever the reader does. */
const endless: Trap = (_path, _url, _request, response) => {
  const chunk = Buffer.alloc(65_536, '<p>and on and on</p>')
  let left = 16_384
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
  const more = (): void => {
    while (left-- > 0) {
      if (response.destroyed) return
      if (!response.write(chunk)) {
        response.once('drain', more)
        return
      }
    }
    response.end()
  }
  more()
  return 'handled'
}

/** A gigabyte of zeros in about one megabyte: a hundred gzip members, which a decoder joins. */
const gzipBomb: Trap = (_path, _url, _request, response) => {
  const member = gzipSync(Buffer.alloc(10_737_418))
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-encoding': 'gzip' })
  for (let at = 0; at < 100; at++) response.write(member)
  response.end()
  return 'handled'
}

const drip: Trap = (_path, _url, _request, response) => {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
  const timer = setInterval(() => response.write(' '), 1000)
  response.on('close', () => clearInterval(timer))
  return 'handled'
}

const calendar: Trap = (path, url) => {
  const month = Number(url.searchParams.get('month') ?? 0)
  return path === '/contact'
    ? simple('<p>hello@calendar.test</p>')
    : home(
        `<a href="/calendar?month=${month - 1}">‹</a> Month ${month} <a href="/calendar?month=${month + 1}">›</a> <a ` +
          `href="/about${path === '/' ? '' : path}">About</a>`,
      )
}

const honeypot: Trap = () =>
  home(
    '<img src="/logo@2x.png" alt="hero@3x.jpg"><p>Write to <a ' +
      'href="mailto:hello@honeypot.test">hello@honeypot.test</a></p>' +
      '<div style="display:none"><a href="mailto:trap-display@honeypot.test">trap-display@honeypot.test</a></div>' +
      '<p hidden>trap-hidden@honeypot.test</p><span style="position:absolute;left:-9999px" ' +
      'aria-hidden="true">trap-offscreen@honeypot.test</span>' +
      '<!-- trap-comment@honeypot.test --><script>var version = "app@1.2.3"</script>',
  )

const traps: Readonly<Record<string, Trap>> = {
  'never-answers.test': () => 'handled',
  'endless.test': endless,
  'gzip-bomb.test': gzipBomb,
  'slow-drip.test': drip,
  'redirect-loop.test': (path) => redirectTo(path === '/a' ? '/b' : '/a', 302),
  'redirects-inside.test': () => redirectTo('http://169.254.169.254/latest/meta-data/', 302),
  'redirects-home.test': (_path, _url, request) =>
    redirectTo(`http://127.0.0.1:${request.socket.localPort ?? 80}/_sandbox/requests`, 302),
  'redirects-private.test': () => redirectTo('http://private.test/', 302),
  'calendar.test': calendar,
  'honeypot.test': honeypot,
  'closed-to-robots.test': (path) =>
    path === '/robots.txt'
      ? textPage('User-agent: *\nDisallow: /\n')
      : home('<p>read-against-robots@closed-to-robots.test</p>'),
  'robots-error.test': (path) =>
    path === '/robots.txt' ? textPage('broken', 500) : home('<p>hello@robots-error.test</p>'),
  'server-error.test': () => htmlPage('<h1>Internal error</h1>', 500),
  'pdf-only.test': () => ({
    status: 200,
    headers: { 'content-type': 'application/pdf' },
    body: '%PDF-1.4 hello@pdf-only.test',
  }),
  'private.test': () => home(''),
  'metadata.test': () => home(''),
}

/** Names whose look-up leads where nothing of the outside may lead. */
export const insideAddresses: Readonly<Record<string, string>> = {
  'private.test': '10.0.0.1',
  'metadata.test': '169.254.169.254',
}

export const trapHosts: readonly string[] = Object.keys(traps)

export const trapOf = (host: string): Trap | undefined => traps[host]
