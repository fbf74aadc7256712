import maxmind, { Reader, type Response } from 'maxmind'
import { HubError } from '../../contracts/errors.ts'
import type { AccountFile, AccountFiles } from '../../egress/account-files.ts'
import type { VendorAnswer, VendorRequest } from '../port/types.ts'
import { performHttp } from './http.ts'
import type { PerformOptions } from './performRequest.ts'

/** Open files by path; opened anew when the file has changed. */
const open = new Map<string, { changed: number; reader: Promise<Reader<Response>> }>()

/**
 * Looks up an address in a MaxMind database file. The url is the file's path; the body is the IP address. In mode test
 * the url is a stand-in's, which is asked for <url>/<address> instead.
 * @returns status 200 with the record, 404 when there is none, 400 when it is no IP address
 * @throws HubError forbidden for a file that accounts may not use; not_found, invalid_input, bad_response
 */
export const performMmdb = async (
  request: VendorRequest,
  options: Pick<PerformOptions, 'signal' | 'egress'>,
): Promise<VendorAnswer> => {
  const key = typeof request.body === 'string' ? request.body.trim() : ''
  if (!maxmind.validate(key)) return answer(400, { message: `"${key}" is no IP address` })
  if (/^https?:/.test(request.url))
    return performHttp(
      { ...request, method: 'GET', url: `${request.url}/${encodeURIComponent(key)}`, body: undefined },
      options,
    )
  const reader = await readerOf(request, options.egress.files)
  const record = reader.get(key)
  return record ? answer(200, record) : answer(404, {})
}

const readerOf = async ({ url, connector }: VendorRequest, files: AccountFiles): Promise<Reader<Response>> =>
  files
    .withFile(url, async (file) => {
      const known = open.get(file.path)
      if (known?.changed === file.changed) return known.reader
      const reader = readerFrom(file)
      open.set(file.path, { changed: file.changed, reader })
      return reader.catch((thrown: unknown): never => {
        open.delete(file.path)
        throw thrown
      })
    })
    .catch((thrown: unknown): never => {
      if (!(thrown instanceof HubError)) throw thrown
      const { kind, message, advice, cause } = thrown
      throw new HubError(kind, message, { advice, provider: connector, cause })
    })

const readerFrom = async (file: AccountFile): Promise<Reader<Response>> => {
  const bytes = await file.read()
  try {
    return new Reader<Response>(bytes)
  } catch (cause) {
    throw new HubError('bad_response', `The file ${file.path} is no MaxMind database.`, {
      advice: 'Give a .mmdb file.',
      cause,
    })
  }
}

const answer = (status: number, body: object): VendorAnswer => ({ status, headers: {}, body, text: '' })
