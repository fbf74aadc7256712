/** How much structure a JSON text may have. */
export interface JsonBounds {
  /** Lists and maps within each other. */
  readonly depth: number
  /** Values in all, those within others too. */
  readonly values: number
  /** Names in one map. */
  readonly fields: number
}

export interface JsonMeter {
  /**
   * Takes the next bytes of a text.
   * @returns what there is too much of, as the end of a sentence; undefined while all is well
   */
  readonly take: (bytes: Uint8Array) => string | undefined
}

const code = (character: string): number => character.charCodeAt(0)
const [quote, backslash, comma, colon] = [code('"'), code('\\'), code(','), code(':')]
const [openList, closeList, openMap, closeMap] = [code('['), code(']'), code('{'), code('}')]

/**
 * Measures a JSON text before it is parsed, in linear time and as it comes: what is cheap to send (levels, names, empty
 * lists) is dear to parse, to check and to store. Whether it is JSON at all is for the parser to say.
 */
export const createJsonMeter = (bounds: JsonBounds): JsonMeter => {
  // Names so far in each map that is open; one place more than there may be.
  const names = new Uint32Array(bounds.depth + 1)
  let depth = 0
  let values = 1
  let isText = false
  let isEscaped = false

  /** @returns where the text that is open ends, or the end of the bytes */
  const endOfText = (bytes: Uint8Array, from: number): number => {
    let at = from
    for (; at < bytes.length; at++) {
      const byte = bytes[at]
      if (isEscaped) isEscaped = false
      else if (byte === backslash) isEscaped = true
      else if (byte === quote) {
        isText = false
        break
      }
    }
    return at
  }

  /** @returns whether there is too much of something now */
  const step = (byte: number | undefined): boolean => {
    if (byte === quote) isText = true
    else if (byte === comma) values++
    else if (byte === colon) names[depth] = (names[depth] ?? 0) + 1
    else if (byte === openList || byte === openMap) {
      depth++
      values++
      if (depth <= bounds.depth) names[depth] = 0
    } else if (byte === closeList || byte === closeMap) depth = Math.max(0, depth - 1)
    else return false
    return depth > bounds.depth || values > bounds.values || (names[depth] ?? 0) > bounds.fields
  }

  const excess = (): string => {
    if (depth > bounds.depth) return `is nested more than ${bounds.depth} levels deep`
    if (values > bounds.values) return `holds more than ${bounds.values.toLocaleString('en')} values`
    return `has more than ${bounds.fields.toLocaleString('en')} fields in one object`
  }

  return {
    take: (bytes) => {
      for (let at = 0; at < bytes.length; at++) {
        if (isText) at = endOfText(bytes, at)
        else if (step(bytes[at])) return excess()
      }
      return undefined
    },
  }
}

/** The same for a text that is there as a whole. */
export const excessOf = (text: Uint8Array, bounds: JsonBounds): string | undefined => createJsonMeter(bounds).take(text)
