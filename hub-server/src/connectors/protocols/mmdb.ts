import { stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import maxmind, { type Reader, type Response } from 'maxmind'
import { HubError } from '../../contracts/errors.ts'
import type { VendorAnswer, VendorRequest } from '../port/types.ts'
import { performHttp, type Agents } from './http.ts'

/** Open files by path; opened anew when the file has changed. */
const open = new Map<string, { changed: number; reader: Promise<Reader<Response>> }>()

/**
 * Looks up an address in a MaxMind database file. The url is the file's path; the body is the IP address. In mode test
 * the url is a stand-in's, which is asked for <url>/<address> instead.
 * @returns status 200 with the record, 404 when there is none, 400 when it is no IP address
 * @throws HubError unavailable when the file cannot be read
 */
export const performMmdb = async (
  request: VendorRequest,
  options: { signal: AbortSignal; agents: Agents },
): Promise<VendorAnswer> => {
  const key = typeof request.body === 'string' ? request.body.trim() : ''
  if (!maxmind.validate(key)) return answer(400, { message: `"${key}" is no IP address` })
  if (/^https?:/.test(request.url))
    return performHttp(
      { ...request, method: 'GET', url: `${request.url}/${encodeURIComponent(key)}`, body: undefined },
      options,
    )
  const reader = await readerOf(request)
  const record = reader.get(key)
  return record ? answer(200, record) : answer(404, {})
}

const readerOf = async (request: VendorRequest): Promise<Reader<Response>> => {
  const path = request.url.startsWith('file:') ? fileURLToPath(request.url) : request.url
  try {
    const changed = (await stat(path)).mtimeMs
    const known = open.get(path)
    if (known?.changed === changed) return await known.reader
    const reader = maxmind.open<Response>(path)
    open.set(path, { changed, reader })
    return await reader
  } catch (thrown) {
    open.delete(path)
    throw new HubError('unavailable', `The database file ${path} cannot be read.`, {
      provider: request.connector,
      advice: 'Check the path, and that the hub may read it.',
      cause: thrown,
    })
  }
}

const answer = (status: number, body: object): VendorAnswer => ({ status, headers: {}, body, text: '' })
