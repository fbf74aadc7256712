import { randomUUID } from 'node:crypto'
import { HubError } from '../../contracts/errors.ts'

/** Values as a query or a form: lists repeat their name, nothing is left out, objects become JSON. */
export const encodeValues = (values: unknown): string => {
  const pairs = new URLSearchParams()
  for (const [name, value] of entriesOf(values))
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value])
      if (one !== undefined && one !== null) pairs.append(name, textOf(one))
  return pairs.toString()
}

/** Values as multipart/form-data (RFC 7578). A file is {filename, content (base64) or text, type}. */
export const encodeMultipart = (values: unknown): { body: Uint8Array; contentType: string } => {
  const boundary = `----hub${randomUUID().replaceAll('-', '')}`
  const parts: Uint8Array[] = []
  const write = (text: string): void => void parts.push(Buffer.from(text))
  for (const [name, value] of entriesOf(values)) {
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (one === undefined || one === null) continue
      const file = fileOf(one)
      write(
        `--${boundary}\r\nContent-Disposition: form-data; ` +
          `name="${quoted(name)}"${
            file ? `; filename="${quoted(file.filename)}"\r\nContent-Type: ` + `${oneLine(file.type)}` : ''
          }\r\n\r\n`,
      )
      parts.push(file ? file.bytes : Buffer.from(textOf(one)))
      write('\r\n')
    }
  }
  write(`--${boundary}--\r\n`)
  return { body: Buffer.concat(parts), contentType: `multipart/form-data; boundary=${boundary}` }
}

/** Header values as text. @throws HubError invalid_input for line breaks: they would begin another header */
export const headerValues = (values: unknown): Record<string, string> => {
  const headers: Record<string, string> = {}
  for (const [name, value] of entriesOf(values)) {
    if (value === undefined || value === null) continue
    const text = textOf(value)
    if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(text))
      throw new HubError('invalid_input', `The value of the header ${name} holds a line break or a control character.`)
    headers[name.toLowerCase()] = text
  }
  return headers
}

/** RFC 7617. */
export const basicHeader = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

const entriesOf = (values: unknown): [string, unknown][] => {
  if (values === undefined || values === null) return []
  if (typeof values === 'object' && !Array.isArray(values)) return Object.entries(values)
  throw new HubError('invalid_input', 'A query or a form must be a map of names and values.')
}

const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

const fileOf = (value: unknown): { filename: string; bytes: Uint8Array; type: string } | null => {
  if (typeof value !== 'object' || value === null || !('filename' in value) || typeof value.filename !== 'string')
    return null
  const bytes = bytesOf(value)
  return (
    bytes && {
      filename: value.filename,
      bytes,
      type: 'type' in value && typeof value.type === 'string' ? value.type : 'application/octet-stream',
    }
  )
}

const bytesOf = (file: object): Uint8Array | null => {
  if ('content' in file && typeof file.content === 'string') return Buffer.from(file.content, 'base64')
  if ('text' in file && typeof file.text === 'string') return Buffer.from(file.text)
  return null
}

const quoted = (text: string): string => text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const oneLine = (text: string): string => text.replaceAll(/[\r\n]/g, '')
