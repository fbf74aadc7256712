/** Where services put what went wrong, most telling first. */
const places = [
  ['message'],
  ['error', 'message'],
  ['error_description'],
  ['errors', '0', 'message'],
  ['errors', '0', 'details'],
  ['errors', '0', 'detail'],
  ['0', 'message'],
  ['detail'],
  ['description'],
  ['reason'],
  ['msg'],
  ['title'],
  ['error'],
  ['errors', '0'],
  ['errors'],
]

/** What the vendor itself says was wrong; nothing where it says nothing readable. */
export const vendorMessage = (body: unknown): string | undefined => {
  for (const place of places) {
    let value = body
    for (const name of place)
      value =
        typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined
    if (typeof value === 'string' && value.trim() !== '') return value.trim()
  }
  return undefined
}

export const shorten = (text: string, most = 200): string => {
  const line = text.replace(/\s+/g, ' ')
  return line.length > most ? `${line.slice(0, most - 1)}…` : line
}
