import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { HubError } from '../../contracts/errors.ts'

const largest = 20_000_000

const nothing = Buffer.alloc(0)

/** The bytes of a request. @throws HubError invalid_input beyond 20 MB */
export const readBytes = (request: IncomingMessage): Promise<Buffer> => {
  // Most requests have none, and waiting for their end costs as much as the answer.
  if (request.headers['content-length'] === undefined && request.headers['transfer-encoding'] === undefined)
    return Promise.resolve(nothing)
  return readAll(request)
}

/** All bytes of a stream. @throws HubError invalid_input beyond 20 MB */
export const readAll = (stream: Readable): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= largest) chunks.push(chunk)
      else reject(new HubError('invalid_input', 'The body is larger than 20 MB.'))
    })
    stream.on('end', () => resolve(Buffer.concat(chunks)))
    stream.on('error', reject)
  })

/** Repeated names become a list. */
export const collect = <Value>(pairs: Iterable<[string, Value]>): Record<string, Value | Value[]> => {
  const all: Record<string, Value | Value[]> = {}
  for (const [name, value] of pairs) {
    const before = all[name]
    if (before === undefined) all[name] = value
    else all[name] = Array.isArray(before) ? [...before, value] : [before, value]
  }
  return all
}

const partOf = async (part: File | string): Promise<unknown> =>
  typeof part === 'string' ? part : { name: part.name, type: part.type, size: part.size, text: await part.text() }

const multipart = async (bytes: Buffer, type: string): Promise<Record<string, unknown>> => {
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData()
  const parts: [string, unknown][] = []
  for (const [name, part] of form) parts.push([name, await partOf(part)])
  return collect(parts)
}

/** A body by its Content-Type: JSON, a form's fields ({name, type, size, text} for a file), else text. */
export const parseBody = async (bytes: Buffer, type: string): Promise<{ body: unknown; problem?: string }> => {
  if (bytes.length === 0) return { body: undefined }
  try {
    if (/\bjson\b|\+json/i.test(type)) {
      const body: unknown = JSON.parse(bytes.toString())
      return { body }
    }
    if (/^application\/x-www-form-urlencoded/i.test(type))
      return { body: collect(new URLSearchParams(bytes.toString())) }
    if (/^multipart\/form-data/i.test(type)) return { body: await multipart(bytes, type) }
  } catch (thrown) {
    return { body: bytes.toString(), problem: thrown instanceof Error ? thrown.message : String(thrown) }
  }
  return { body: bytes.toString() }
}
