/** What a test asks for by the key it presents: a key that contains one of these words. Every other key is good. */
export const magicWords = ['bad', 'empty', 'limited', 'down', 'html', 'truncated', 'slow'] as const
export type MagicWord = (typeof magicWords)[number]

export const slowMs = 20_000

const pattern = new RegExp(magicWords.join('|'), 'i')

/** The first magic word in a key. */
export const magicOf = (key: string | undefined): MagicWord | undefined => {
  const found = pattern.exec(key ?? '')?.[0]?.toLowerCase()
  return magicWords.find((word) => word === found)
}

/** `credits25` anywhere in a key: the account begins with 25 credits. */
export const creditsOf = (key: string): number | undefined => {
  const found = /credits(\d+)/i.exec(key)?.[1]
  return found === undefined ? undefined : Number(found)
}
