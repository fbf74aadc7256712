import { isUtf8 } from 'node:buffer'
import { HubError } from '../../contracts/errors.ts'

/** A file's text on its way. */
export interface Text {
  /**
   * UTF-8 without a byte order mark, in pieces of at most 64 KB that end with whole characters. Ends before the first
   * wrong byte.
   */
  readonly pieces: AsyncIterable<Buffer>
  /** Once the pieces have ended: the encoding that a byte did not fit, if one did not. */
  readonly fault: () => string | undefined
  /** Once there was a piece: whether the file began with a byte order mark. */
  readonly marked: () => boolean
}

interface Encoding {
  readonly name: string
  /** How many bytes from the beginning make whole characters. */
  readonly whole: (bytes: Buffer) => number
  /** The text of whole characters as UTF-8, up to the first wrong one. */
  readonly read: (bytes: Buffer) => { text: Buffer; wrong: boolean }
}

const pieceSize = 64 * 1024
const saveAgain = 'Save it as “CSV UTF-8” (in Excel: Save As, CSV UTF-8) and send it again.'

/**
 * Reads the bytes as what their byte order mark says, else as UTF-8, and keeps no more than a piece of them.
 * The pieces throw HubError invalid_input for what is no text: a workbook, or UTF-16 without a mark.
 */
export const textOf = (body: AsyncIterable<Uint8Array>): Text => {
  let fault: string | undefined
  let marked = false
  const pieces = async function* (): AsyncGenerator<Buffer> {
    let encoding: Encoding | undefined
    let rest: Buffer = Buffer.alloc(0)
    let read = 0
    for await (const piece of small(body)) {
      let bytes: Buffer = rest.length > 0 ? Buffer.concat([rest, piece]) : piece
      if (!encoding) {
        const start = bytes.length < 3 ? undefined : startOf(bytes)
        if (!start) {
          rest = bytes
          continue
        }
        encoding = start.encoding
        marked = start.mark > 0
        bytes = bytes.subarray(start.mark)
      }
      if (encoding === utf8 && read < pieceSize && bytes.includes(0)) throw noText()
      read += bytes.length
      const whole = encoding.whole(bytes)
      rest = bytes.subarray(whole)
      const { text, wrong } = encoding.read(bytes.subarray(0, whole))
      if (wrong) fault = encoding.name
      if (text.length > 0) yield text
      if (wrong) return
    }
    if (!encoding) {
      const start = startOf(rest)
      encoding = start.encoding
      marked = start.mark > 0
      rest = rest.subarray(start.mark)
    }
    if (rest.length === 0) return
    const whole = encoding.whole(rest)
    const { text, wrong } = encoding.read(rest.subarray(0, whole))
    if (wrong || whole < rest.length) fault = encoding.name
    if (text.length > 0) yield text
  }
  return { pieces: pieces(), fault: () => fault, marked: () => marked }
}

/** The whole file is refused: a guess would garble names without anybody noticing. */
export const notThisEncoding = (encoding: string, row: number): HubError =>
  new HubError(
    'invalid_input',
    `This file is not ${encoding}, the text encoding it has to be in: the first wrong byte is at row ${row}.`,
    {
      advice: saveAgain,
    },
  )

const noText = (): HubError =>
  new HubError(
    'invalid_input',
    'This file is not text: it may be an Excel workbook, or UTF-16 without a byte order mark.',
    { advice: saveAgain },
  )

/** A sender may give a gigabyte at once; what is read of it at a time stays small. */
const small = async function* (body: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const chunk of body) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    for (let at = 0; at < bytes.length; at += pieceSize) yield bytes.subarray(at, at + pieceSize)
  }
}

/** Length in bytes of the character that begins with this byte; 1 for a byte that begins none. */
const lengthAt = (byte: number): number => {
  if (byte >= 0xf0) return 4
  if (byte >= 0xe0) return 3
  return byte >= 0xc0 ? 2 : 1
}

const utf8: Encoding = {
  name: 'UTF-8',
  whole: (bytes) => {
    for (let back = 1; back <= Math.min(3, bytes.length); back++) {
      const byte = bytes.readUInt8(bytes.length - back)
      const isContinuation = (byte & 0xc0) === 0x80
      if (!isContinuation) return lengthAt(byte) > back ? bytes.length - back : bytes.length
    }
    return bytes.length
  },
  read: (bytes) => {
    if (isUtf8(bytes)) return { text: bytes, wrong: false }
    let at = 0
    for (let length = 0; isUtf8(bytes.subarray(at, at + length)); length = lengthAt(bytes.readUInt8(at))) at += length
    return { text: bytes.subarray(0, at), wrong: true }
  },
}

const utf16 = (inOrder: (bytes: Buffer) => Buffer): Encoding => ({
  name: 'UTF-16',
  whole: (bytes) => {
    const even = bytes.length - (bytes.length % 2)
    const last = even > 0 ? inOrder(bytes.subarray(even - 2, even)).readUInt16LE() : 0
    const beginsPair = last >= 0xd800 && last < 0xdc00
    return beginsPair ? even - 2 : even
  },
  read: (bytes) => {
    const text = inOrder(bytes).toString('utf16le')
    const half = text.search(/\p{Surrogate}/u)
    return { text: Buffer.from(half < 0 ? text : text.slice(0, half)), wrong: half >= 0 }
  },
})

const marks: readonly { mark: Buffer; encoding: Encoding }[] = [
  { mark: Buffer.from([0xef, 0xbb, 0xbf]), encoding: utf8 },
  { mark: Buffer.from([0xff, 0xfe]), encoding: utf16((bytes) => bytes) },
  { mark: Buffer.from([0xfe, 0xff]), encoding: utf16((bytes) => Buffer.from(bytes).swap16()) },
]

const startOf = (bytes: Buffer): { encoding: Encoding; mark: number } => {
  const found = marks.find(({ mark }) => bytes.subarray(0, mark.length).equals(mark))
  return found ? { encoding: found.encoding, mark: found.mark.length } : { encoding: utf8, mark: 0 }
}
