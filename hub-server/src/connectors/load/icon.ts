import type { Connector } from '../compiled/connector.ts'
import { FileError, mostBytes, readInside, textOf } from './own-file.ts'

/**
 * The picture of a connector, SVG; null where there is none that may be shown. What is wrong with one stands among the
 * problems of its folder.
 */
export const iconOf = async ({ folder }: Pick<Connector, 'folder'>): Promise<string | null> => {
  try {
    return await readIcon(folder)
  } catch (thrown) {
    if (thrown instanceof FileError) return null
    throw thrown
  }
}

/** @throws FileError where there is none, or it is no SVG */
export const readIcon = async (folder: string): Promise<string> => {
  const text = textOf(await readInside(folder, 'icon.svg', mostBytes['icon.svg']))
  // It could name other files, and entities that stand for one another.
  if (/<!(?:doctype|entity)/i.test(text))
    throw new FileError('A document type (<!DOCTYPE …>) stands in it.', 'Remove it: no picture needs it.', {})
  if (isSvg(text)) return text
  throw new FileError('This is no SVG.', 'Put a picture here that begins with <svg …> and ends with </svg>.', {})
}

/** Whether a document's outermost element is an svg. */
const isSvg = (text: string): boolean => {
  const start = afterProlog(text)
  const end = text.trimEnd()
  return /^<svg[\s/>]/.test(text.slice(start, start + 5)) && (end.endsWith('</svg>') || end.endsWith('/>'))
}

/** Where the first element begins: behind a byte order mark, <?xml … ?>, comments and white space. */
const afterProlog = (text: string): number => {
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0
  for (;;) {
    while (/\s/.test(text.charAt(at))) at++
    const [opening, closing] = text.startsWith('<!--', at) ? ['<!--', '-->'] : ['<?', '?>']
    if (!text.startsWith(opening, at)) return at
    const end = text.indexOf(closing, at + opening.length)
    if (end < 0) return text.length
    at = end + closing.length
  }
}
