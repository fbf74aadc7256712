/** What becomes of an escape that is no half of a surrogate pair. */
const mended: Readonly<Record<string, string>> = { '\\\\': '\\\\', '\\u0000': '' }

/**
 * A value as a jsonb column takes it. Postgres holds neither NUL nor half a surrogate pair, which JSON can carry: the
 * one is left out, the other becomes the replacement character.
 */
export const json = (value: unknown): string => {
  const text = JSON.stringify(value ?? null)
  // JSON.stringify writes only these two as escapes; a backslash of the text itself stands doubled.
  return text.includes('\\u')
    ? text.replace(/\\(?:\\|u0000|ud[89a-f][0-9a-f]{2})/g, (found) => mended[found] ?? '\ufffd')
    : text
}
