import type { IncomingMessage } from 'node:http'
import type { Readable, Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import { HubError } from '../contracts/errors.ts'
import { createJsonMeter } from '../contracts/json-meter.ts'
import { jsonBounds, parseMeasured, tooMuch } from './json.ts'
import { Refusal } from './refusal.ts'

const megabyte = 1024 * 1024

/** Times that a body may be larger than what was sent of it: a list of like items is some thirty times. */
const mostPacked = 100
/** Below, it does not matter how it is packed. */
const freelyPacked = megabyte

const unpackers: ReadonlyMap<string, () => Transform> = new Map<string, () => Transform>([
  ['gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
  ['zstd', createZstdDecompress],
])

/** Bytes of bodies that may be held at once; what is more is asked to come again. */
export interface BodyRoom {
  /** @returns whether there was room */
  readonly take: (bytes: number) => boolean
  readonly give: (bytes: number) => void
}

export const createBodyRoom = (most: number): BodyRoom => {
  let held = 0
  return {
    take: (bytes) => {
      if (held + bytes > most) return false
      held += bytes
      return true
    },
    give: (bytes) => {
      held -= bytes
    },
  }
}

export interface BodyLimits {
  /** Unpacked. */
  readonly bytes: number
  readonly room: BodyRoom
}

export interface Body {
  /** undefined where nothing was sent. */
  readonly value: unknown
  /** How much of the room it takes, until whoever reads it is done with it. */
  readonly bytes: number
}

/**
 * Reads a JSON body: unpacked, measured and bounded as it comes, so that a bomb is refused when it has grown, not when
 * it is there. Of what is refused the rest is let in and forgotten: a closed connection would hide the reason.
 * @throws HubError invalid_input, Refusal 413 and 415; unavailable with Retry-After while there is no room
 */
export const readJson = async (request: IncomingMessage, limits: BodyLimits): Promise<Body> => {
  requireUtf8(request)
  if (Number(request.headers['content-length'] ?? 0) > limits.bytes) throw tooLarge(limits.bytes)
  const pieces: Buffer[] = []
  let bytes = 0
  const meter = createJsonMeter(jsonBounds)
  try {
    for await (const piece of unpacked(request)) {
      if (bytes + piece.length > limits.bytes) throw tooLarge(limits.bytes)
      if (!limits.room.take(piece.length)) throw noRoom()
      bytes += piece.length
      pieces.push(piece)
      const excess = meter.take(piece)
      if (excess !== undefined) throw tooMuch('The body', excess)
    }
    const text = Buffer.concat(pieces).toString()
    return { value: text === '' ? undefined : parseMeasured(text, 'The body'), bytes }
  } catch (thrown) {
    limits.room.give(bytes)
    throw thrown
  }
}

/** @throws Refusal 415 for a charset other than UTF-8 */
const requireUtf8 = ({ headers }: IncomingMessage): void => {
  const [, charset] = /;\s*charset\s*=\s*"?([\w.:-]{1,40})/i.exec(headers['content-type'] ?? '') ?? []
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) throw unsupported()
}

/** The body's own bytes; they end where it is packed too tightly. */
const unpacked = (request: IncomingMessage): AsyncIterable<Buffer> => {
  const coding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  if (coding === 'identity') return request.iterator({ destroyOnReturn: false })
  const create = unpackers.get(coding)
  if (!create) throw unsupported()
  return unpackedBy(request, create())
}

const unpackedBy = async function* (request: IncomingMessage, unpacker: Transform): AsyncGenerator<Buffer> {
  let sent = 0
  let out = 0
  const count = (piece: Buffer): void => void (sent += piece.length)
  const cut = (): void => void (request.complete || unpacker.destroy(new Error('the sender went away')))
  request.on('data', count).once('close', cut)
  request.pipe(unpacker)
  const pieces: Readable & AsyncIterable<Buffer> = unpacker
  try {
    for await (const piece of pieces) {
      out += piece.length
      if (out > freelyPacked && out > sent * mostPacked) throw packedTooTightly()
      yield piece
    }
  } catch (thrown) {
    throw thrown instanceof HubError || isGone(request) ? thrown : notUnpacked(thrown)
  } finally {
    request.off('data', count).off('close', cut)
    request.unpipe(unpacker)
    unpacker.destroy()
  }
}

/** Whether whoever sent it went away in the middle. */
export const isGone = ({ destroyed, complete }: IncomingMessage): boolean => destroyed && !complete

const tooLarge = (most: number): HubError =>
  new Refusal(413, `The body is larger than ${most >= megabyte ? `${most / megabyte} MB` : `${most / 1024} KB`}.`, {
    advice: 'Send the items in several requests.',
  })

const packedTooTightly = (): HubError =>
  new Refusal(413, `The body is more than ${mostPacked} times as large as what was sent of it.`, {
    advice: 'Send it without compression.',
  })

const notUnpacked = (cause: unknown): HubError =>
  new HubError('invalid_input', 'The body is not compressed as its Content-Encoding says.', {
    advice: 'Compress it anew, or send it without compression.',
    cause,
  })

const unsupported = (): HubError =>
  new Refusal(415, 'The body’s encoding is not supported.', { advice: 'Send UTF-8, plain or gzip.' })

const noRoom = (): HubError =>
  new HubError('unavailable', 'The hub is reading as much as it can hold just now.', {
    advice: 'Send it again in a moment.',
    retryAfter: 2,
  })
