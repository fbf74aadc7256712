import { Transform, type Readable, pipeline } from 'node:stream'
import { constants, createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib'
import { HubError } from '../contracts/errors.ts'

/** What the hub asks for; anything else that comes is refused. */
export const acceptedEncodings = 'gzip, deflate, br'

// A body cut off at its end is read as far as it goes, as browsers do.
const gzipOptions = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH }
const brotliOptions = { flush: constants.BROTLI_OPERATION_FLUSH, finishFlush: constants.BROTLI_OPERATION_FLUSH }

/** "deflate" should be zlib's format (RFC 9110, 8.4.1.2), yet some servers send the raw one: the first byte tells. */
const inflateEither = (): Transform => {
  let inner: Transform | undefined
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (!inner) {
        inner = ((chunk[0] ?? 0) & 0x0f) === 8 ? createInflate(gzipOptions) : createInflateRaw(gzipOptions)
        inner.on('data', (part: Buffer) => this.push(part))
        inner.on('error', (error) => this.destroy(error))
      }
      inner.write(chunk, (error) => done(error ?? undefined))
    },
    flush(done) {
      if (!inner) return done()
      inner.once('end', () => done())
      inner.end()
    },
    destroy(error, done) {
      inner?.destroy()
      done(error)
    },
  })
}

const decoderOf = (encoding: string): Transform => {
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip(gzipOptions)
  if (encoding === 'deflate') return inflateEither()
  if (encoding === 'br') return createBrotliDecompress(brotliOptions)
  throw new HubError(
    'bad_response',
    `The page is compressed in a way that was not asked for (${encoding.slice(0, 30)}).`,
  )
}

/**
 * The body as it was before compression. `header` is Content-Encoding.
 * @throws HubError bad_response for unknown or
 * piled-up encodings
 */
export const decompressed = (body: Readable, header: string | undefined): Readable => {
  const encodings = (header ?? '')
    .toLowerCase()
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part && part !== 'identity')
  if (encodings.length > 2) throw new HubError('bad_response', 'The page is compressed several times over.')
  const decoders = encodings.reverse().map(decoderOf)
  const last = decoders.at(-1)
  if (!last) return body
  // The callback's error also destroys `last`, where the reader meets it.
  pipeline([body, ...decoders], () => undefined)
  return last
}
