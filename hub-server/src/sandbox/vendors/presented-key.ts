import type { VendorCall } from './call.ts'

/**
 * A place where a key may stand: query.api_key, header.x-api-key, "header.authorization Token", body.key, bearer,
 * basic.user.
 */
export type KeyPlace = (call: VendorCall) => string | undefined

const textOf = (value: unknown): string | undefined => {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The pieces of a path into a body: body.auth.key. */
const inside = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (at, piece) =>
      at !== null && typeof at === 'object' ? Object.entries(at).find(([key]) => key === piece)?.[1] : undefined,
    value,
  )

const afterWord = (header: string | undefined, word: string): string | undefined =>
  header?.toLowerCase().startsWith(`${word.toLowerCase()} `) ? header.slice(word.length + 1).trim() : undefined

export const keyPlace = (place: string): KeyPlace => {
  if (place === 'bearer') return ({ headers }) => afterWord(headers.authorization, 'Bearer')
  if (place === 'basic.user' || place === 'basic.password') {
    return ({ headers }) => {
      const encoded = afterWord(headers.authorization, 'Basic')
      if (encoded === undefined) return undefined
      const pair = Buffer.from(encoded, 'base64').toString()
      const cut = pair.indexOf(':')
      return textOf(place === 'basic.user' ? pair.slice(0, cut < 0 ? undefined : cut) : pair.slice(cut + 1))
    }
  }
  const [where = '', ...rest] = place.split('.')
  const name = rest.join('.')
  if (where === 'query') return ({ query }) => textOf(Array.isArray(query[name]) ? query[name][0] : query[name])
  if (where === 'header') {
    const [header = '', word] = name.split(' ')
    return ({ headers }) => {
      const value = headers[header.toLowerCase()]
      return word === undefined ? textOf(value) : afterWord(value, word)
    }
  }
  return ({ body }) => textOf(inside(body, rest))
}

/** The key of a call: from the first place where one stands. */
export const presentedKey = (places: readonly KeyPlace[], call: VendorCall): string | undefined => {
  for (const place of places) {
    const key = place(call)
    if (key !== undefined) return key
  }
  return undefined
}
