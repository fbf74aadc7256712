import { Problem } from '../problem.ts'
import { askHub, type Door } from './rest.ts'
import type { Block, OptionSchema } from './contract.ts'

/** @throws Problem that names the blocks there are */
export async function findBlock(door: Door, id: string, stop: AbortSignal): Promise<Block> {
  const { blocks } = await askHub<{ blocks: Block[] }>(door, 'Asking the hub for its blocks', '/v1/blocks', {}, stop)
  const block = blocks.find((one) => one.id === id)
  if (block === undefined)
    throw new Problem(
      `There is no block “${id}”. The blocks are: ${blocks
        .map((one) => one.id)
        .sort()
        .join(', ')}.`,
    )
  return block
}

/**
 * The options as the block takes them: numbers, switches and lists instead of words.
 * @throws Problem that names the option or the values there are
 */
export function readOptions(block: Block, given: Record<string, string>): Record<string, unknown> {
  const known = block.options.properties ?? {}
  return Object.fromEntries(
    Object.entries(given).map(([name, text]) => {
      const schema = Object.hasOwn(known, name) ? known[name] : undefined
      if (schema === undefined)
        throw new Problem(
          `${block.name} has no option “${name}”. Its options are: ${Object.keys(known).join(', ') || 'none'}.`,
        )
      return [name, readValue(name, text, schema)]
    }),
  )
}

function readValue(name: string, text: string, schema: OptionSchema): unknown {
  const isJson = /^\s*[[{]/.test(text)
  if (schema.enum !== undefined && !schema.enum.includes(text))
    throw wrong(name, `one of ${schema.enum.join(', ')}`, text)
  switch (schema.type) {
    case 'string':
      return text
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw wrong(name, 'true or false', text)
      return text === 'true'
    case 'integer':
    case 'number':
      if (text.trim() === '' || !Number.isFinite(Number(text))) throw wrong(name, 'a number', text)
      return Number(text)
    case 'array':
      return isJson
        ? readJson(name, text)
        : text
            .split(',')
            .map((part) => part.trim())
            .filter((part) => part !== '')
    default:
      return isJson ? readJson(name, text) : text
  }
}

function readJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new Problem(`--option ${name} is not right JSON: ${error.message}.`)
  }
}

function wrong(name: string, expected: string, text: string): Problem {
  return new Problem(`--option ${name} takes ${expected}, not “${text}”.`)
}

/** A remark on mapped fields that the block does not read: rightly meant for its options, or mistyped. */
export function unread(block: Block, map: Record<string, string>): string | undefined {
  const fields = Object.keys(block.item.properties ?? {})
  const simple = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, '')
  const others = Object.keys(map).filter((field) => !fields.some((known) => simple(known) === simple(field)))
  if (others.length === 0) return undefined
  return (
    `Note: ${block.name} itself reads ${fields.join(', ')}. What is mapped to ${others.join(', ')} is ` +
    'carried along.'
  )
}
