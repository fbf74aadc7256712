import type { Writing } from './flavour.ts'
import { escaped } from './html.ts'

const entities = (text: string): string =>
  [...text]
    .map((letter, at) => (at % 3 === 2 ? `&#x${letter.charCodeAt(0).toString(16)};` : `&#${letter.charCodeAt(0)};`))
    .join('')

/** As Cloudflare hides addresses: the first byte is the key by which the others are masked. */
const cloudflare = (address: string): string => {
  const key = (address.length * 7 + 0x21) & 0xff
  return [key, ...[...Buffer.from(address)].map((byte) => byte ^ key)]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
}

/** What the element that holds an address is marked with. */
export interface Mark {
  readonly itemprop?: string
  readonly class?: string
}

const attributes = (mark: Mark, more = ''): string => {
  const names = [mark.class, more].filter((name) => name).join(' ')
  const property = mark.itemprop === undefined ? '' : ` itemprop="${mark.itemprop}"`
  return property + (names === '' ? '' : ` class="${names}"`)
}

/** An e-mail address as a website of that manner shows it. */
export const addressAs = (writing: Writing, address: string, mark: Mark = {}): string => {
  const plain = escaped(address)
  const marked = attributes(mark)
  switch (writing) {
    case 'mailto':
      return `<a${marked} href="mailto:${plain}">${plain}</a>`
    case 'mailto-encoded':
      return `<a${marked} href="${entities(`mailto:${address}?subject=Hello`)}">Write to us</a>`
    case 'text':
      return `<span${marked}>${plain}</span>`
    case 'at':
      return `<span${marked}>${escaped(address.replace('@', ' [at] ').replace(/\./g, ' [dot] '))}</span>`
    case 'entities':
      return `<span${marked}>${entities(address)}</span>`
    case 'cfemail':
      return (
        `<a${attributes(mark, '__cf_email__')} href="/cdn-cgi/l/email-protection" ` +
        `data-cfemail="${cloudflare(address)}">[email&#160;protected]</a>`
      )
  }
}

/** Whether machine-readable markup may repeat the address: nobody hides it in one place and shows it in another. */
export const isOpen = (writing: Writing): boolean => writing === 'mailto' || writing === 'text'
