/**
 * A value as a jsonb column takes it. Postgres holds neither NUL nor half a surrogate pair, which JSON can carry: the
 * one is left out, the other becomes the replacement character.
 */
export const json = (value: unknown): string => {
  const text = JSON.stringify(value ?? null)
  // JSON.stringify writes only these two as escapes; a backslash of the text itself stands doubled.
  return text.includes('\\u')
    ? text.replace(/\\(?:\\|u0000|ud[89a-f][0-9a-f]{2})/g, (found) =>
        found === '\\\\' ? found : found === '\\u0000' ? '' : '\ufffd',
      )
    : text
}
