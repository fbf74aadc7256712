import { HubError } from '../contracts/errors.ts'

const html = new Set(['text/html', 'application/xhtml+xml', 'application/vnd.wap.xhtml+xml'])
/** Types under which servers also send pages: the first bytes decide. */
const unsure = new Set([
  '',
  'text/plain',
  'text/xml',
  'application/xml',
  'application/octet-stream',
  'application/x-httpd-php',
  'unknown/unknown',
])
const looksLikeHtml = /<(?:!doctype\s+html|html|head|body|title|frameset|div|table|p|a)\b/i

const named: [RegExp, string][] = [
  [/pdf/, 'a PDF'],
  [/^image\//, 'a picture'],
  [/^(?:video|audio)\//, 'a recording'],
  [/zip|compressed|tar/, 'an archive'],
  [/word|sheet|excel|presentation|powerpoint/, 'an office document'],
  [/json/, 'data (JSON)'],
  [/xml|rss|atom/, 'data (XML)'],
  [/^text\//, 'plain text'],
]

const mediaType = (header: string | undefined): string => (header ?? '').split(';')[0]?.trim().toLowerCase() ?? ''

/** Whether the body is worth reading: certainly or possibly a web page. */
export const mayBeHtml = (contentType: string | undefined): boolean => {
  const type = mediaType(contentType)
  return html.has(type) || unsure.has(type)
}

/** Whether a body that was read is a web page; an empty one is. */
export const isHtml = (contentType: string | undefined, body: Buffer): boolean => {
  const type = mediaType(contentType)
  if (html.has(type) || body.length === 0) return true
  return unsure.has(type) && looksLikeHtml.test(body.subarray(0, 2_048).toString('latin1').replaceAll('\0', ''))
}

/** Says what it is instead of a page. */
export const notHtml = (url: URL, contentType: string | undefined): HubError => {
  const type = mediaType(contentType)
  const what = named.find(([pattern]) => pattern.test(type))?.[1] ?? 'a file'
  return new HubError(
    'unsupported',
    `${url.host}${url.pathname} is ${what}${type ? ` (${type})` : ''}, not a web page.`,
    { advice: 'Give the address of a web page.' },
  )
}
