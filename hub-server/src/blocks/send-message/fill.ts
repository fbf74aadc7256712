import { isKnown, valueAt } from '../fields.ts'

const placeholder = /\{\{\s*([\w.-]+)\s*(?:\|([^{}]*))?\}\}/g

/**
 * A text with the lead's fields in place of {{field}} and {{field|substitute}}.
 * @param escape what makes a value safe where it is put
 * @returns the text, or the names of fields that the lead lacks
 */
export const fill = (text: string, item: Record<string, unknown>, escape: (value: string) => string = (value) => value): { text: string } | { missing: string[] } => {
  const missing: string[] = []
  const filled = text.replace(placeholder, (_whole, path: string, substitute: string | undefined) => {
    const value = valueAt(item, path)
    if (isKnown(value)) return escape(Array.isArray(value) ? value.join(', ') : String(value))
    if (substitute === undefined) missing.push(path)
    return escape(substitute?.trim() ?? '')
  })
  return missing.length > 0 ? { missing } : { text: filled }
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

export const escapeHtml = (value: string): string => value.replace(/[&<>"']/g, (character) => entities[character] ?? character)

/** A header holds one line: a value with a break would begin another header. */
export const oneLine = (value: string): string => value.replace(/\s+/g, ' ').trim()
