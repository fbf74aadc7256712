const place = 'ainow-hub-key'

/** The shape that the hub gives its keys; also finds one inside a pasted link or a line of keys.json. */
const shape = /ainow_(?:test|live)_[\w-]+/

/** The key in what a person pasted, or null when there is none. */
export const keyIn = (text: string): string | null => shape.exec(text)?.[0] ?? null

/** The key that this tab holds. It is kept until the tab is closed, and never on disk. */
export const storedKey = (): string | null => sessionStorage.getItem(place)

export const storeKey = (key: string): void => sessionStorage.setItem(place, key)

export const forgetKey = (): void => sessionStorage.removeItem(place)

/**
 * Moves a key from `/connect#key=…` into this tab's storage, out of the address bar and its history,
 * so that it is not seen over a shoulder, bookmarked or sent on.
 */
export const takeKeyFromAddress = (): void => {
  const { hash, pathname, search } = window.location
  if (!hash.startsWith('#key=')) return
  window.history.replaceState(null, '', pathname + search)
  const key = keyIn(hash)
  if (key) storeKey(key)
}
