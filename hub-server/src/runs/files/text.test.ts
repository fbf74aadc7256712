import { expect, test } from 'vitest'
import { textOf } from './text.ts'

const wide = 'é€𝒳'

/** A body in chunks of so many bytes: characters and marks fall between chunks. */
const inChunks = async function* (bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

const readAll = async (bytes: Buffer, size = 3): Promise<{ text: string; fault: string | undefined }> => {
  const text = textOf(inChunks(bytes, size))
  const pieces: Buffer[] = []
  for await (const piece of text.pieces) pieces.push(piece)
  // Each piece by itself: none ends inside a character.
  return { text: pieces.map(String).join(''), fault: text.fault() }
}

const utf16le = (text: string): Buffer => Buffer.from(text, 'utf16le')

const spellings: Record<string, Buffer> = {
  'UTF-8': Buffer.from(wide),
  'UTF-8 with a mark': Buffer.from(`\ufeff${wide}`),
  'UTF-16, little end first': utf16le(`\ufeff${wide}`),
  'UTF-16, big end first': utf16le(`\ufeff${wide}`).swap16(),
}

test.each(Object.entries(spellings))('%s reads as the same text, wherever the chunks are cut', async (_name, bytes) => {
  for (const size of [1, 2, 3, 5, 100]) expect(await readAll(bytes, size)).toEqual({ text: wide, fault: undefined })
})

test.each([
  ['windows-1252', Buffer.from('Zo\xeb, Ren\xe9', 'latin1'), 'Zo', 'UTF-8'],
  ['a character that the file’s end cuts', Buffer.from('€').subarray(0, 2), '', 'UTF-8'],
  ['an overlong character', Buffer.from([0x61, 0xc0, 0xaf]), 'a', 'UTF-8'],
  ['half a surrogate pair', Buffer.concat([utf16le('\ufeffa'), Buffer.from([0x00, 0xd8, 0x62, 0x00])]), 'a', 'UTF-16'],
  ['half a unit at the end', Buffer.concat([utf16le('\ufeffa'), Buffer.from([0x62])]), 'a', 'UTF-16'],
])('%s ends the text before the wrong byte', async (_name, bytes, before, encoding) => {
  for (const size of [1, 2, 100]) expect(await readAll(bytes, size)).toEqual({ text: before, fault: encoding })
})

test('nothing, and a mark alone, are an empty text', async () => {
  for (const bytes of [Buffer.alloc(0), ...Object.values({ a: Buffer.from('\ufeff'), b: utf16le('\ufeff') })]) {
    expect(await readAll(bytes, 1)).toEqual({ text: '', fault: undefined })
  }
})

test('a chunk of any size is given in pieces of 64 KB at most', async () => {
  const sizes: number[] = []
  for await (const piece of textOf(inChunks(Buffer.alloc(1_000_000, 'a'), 1_000_000)).pieces) sizes.push(piece.length)
  expect(Math.max(...sizes)).toBeLessThanOrEqual(64 * 1024)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(1_000_000)
})

test.each([
  ['a workbook', Buffer.from('PK\x03\x04\x14\x00\x06\x00sheet')],
  ['UTF-16 without a mark', Buffer.from('email,Zoë', 'utf16le')],
])('%s is told as what it is', async (_name, bytes) => {
  for (const size of [1, 4, 100]) await expect(readAll(bytes, size)).rejects.toThrow('not text')
})
