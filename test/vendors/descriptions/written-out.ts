import { parseBody } from '../../../hub-server/src/sandbox/vendors/body.ts'
import type { Asked } from './check.ts'

const usualType = (body: unknown): string => {
  if (typeof body !== 'string') return 'application/json'
  return body.startsWith('--') ? 'multipart/form-data' : 'application/x-www-form-urlencoded'
}

/** A request as an example writes it down; the parts of a multipart form can only be read when they are sent. */
export const writtenOut = async ({
  method,
  url,
  headers = {},
  body,
}: {
  method: string
  url: string
  headers?: Readonly<Record<string, string>>
  body?: unknown
}): Promise<Asked> => {
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  if (body === undefined) return { method, url, headers: lower }
  const { 'content-type': type = usualType(body) } = lower
  const read =
    typeof body === 'string'
      ? (await parseBody(Buffer.from(body), type.startsWith('multipart/') ? 'text/plain' : type)).body
      : body
  return { method, url, headers: { ...lower, 'content-type': type }, body: read }
}
