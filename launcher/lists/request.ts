import { statSync } from 'node:fs'
import { extname } from 'node:path'
import { readArguments, readPort } from '../arguments.ts'
import { Problem } from '../problem.ts'
import type { Mode } from './contract.ts'

const options = {
  map: { type: 'string', multiple: true },
  option: { type: 'string', multiple: true },
  budget: { type: 'string' },
  'item-budget': { type: 'string' },
  estimate: { type: 'boolean' },
  again: { type: 'boolean' },
  live: { type: 'boolean' },
  port: { type: 'string' },
  data: { type: 'string' },
  out: { type: 'string' },
} as const

export type ListFile = { path: string; type: 'csv' | 'jsonl'; bytes: number }

/** What `./hub run` was asked for. */
export type Request = {
  block: string
  file: ListFile
  /** Our field → their column. */
  map: Record<string, string>
  /** As they were typed. */
  options: Record<string, string>
  /** US dollars. */
  budget: number | undefined
  itemBudget: number | undefined
  estimate: boolean
  again: boolean
  mode: Mode
  /** Undefined: wherever the hub runs, or can be started. */
  port: number | undefined
  data: string | undefined
  out: string | undefined
}

const usage = './hub run <block> <file.csv>, e.g. ./hub run verify-email leads.csv'

/**
 * @throws Problem (exit code 1: 2 means that the run waits) for what is wrong with the words, the options or the file
 */
export function readRequest(args: string[]): Request {
  const { values, positionals } = asError(() => readArguments(args, options, 2))
  const [block, path] = positionals
  if (block === undefined || path === undefined) throw new Problem(`It takes a block and a file: ${usage}`)
  return {
    block,
    file: readFile(path),
    map: pairs('map', values.map, 'email="E-Mail"'),
    options: pairs('option', values.option, 'depth=free'),
    budget: readDollars('budget', values.budget),
    itemBudget: readDollars('item-budget', values['item-budget']),
    estimate: values.estimate ?? false,
    again: values.again ?? false,
    mode: values.live ? 'live' : 'test',
    port: asError(() => readPort('port', values.port)),
    data: values.data,
    out: values.out,
  }
}

function asError<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof Problem ? new Problem(error.message) : error
  }
}

const types: Record<string, 'csv' | 'jsonl'> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.txt': 'csv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
}

/** Which kind of list a file's name says it is; undefined for one that is neither. */
export function typeOf(path: string): 'csv' | 'jsonl' | undefined {
  return types[extname(path).toLowerCase()]
}

function readFile(path: string): ListFile {
  const type = typeOf(path)
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) throw new Problem(`There is no file ${path} (looked for from ${process.cwd()}).`)
  if (!found.isFile()) throw new Problem(`${path} is not a file. Name the list itself: ${usage}`)
  if (type === undefined)
    throw new Problem(
      `${path} is neither .csv nor .jsonl. Save your list as “CSV UTF-8” (in Excel: Save As) and name that file.`,
    )
  if (found.size === 0) throw new Problem(`${path} is empty. It needs a header row and a row for each item.`)
  return { path, type, bytes: found.size }
}

function pairs(option: string, given: string[] = [], example: string): Record<string, string> {
  const read = new Map<string, string>()
  for (const pair of given) {
    const at = pair.indexOf('=')
    const name = pair.slice(0, at).trim()
    if (at < 0 || name === '')
      throw new Problem(`--${option} takes a name, =, and a value, e.g. --${option} ${example}; “${pair}” is not that.`)
    if (read.has(name)) throw new Problem(`--${option} names “${name}” twice. Leave one of them out.`)
    read.set(name, pair.slice(at + 1))
  }
  return Object.fromEntries(read)
}

function readDollars(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const dollars = Number(value)
  if (!/^\d+(\.\d+)?$/.test(value) || dollars > 1_000_000)
    throw new Problem(
      `--${option} takes US dollars from 0 to 1000000, e.g. --${option} 5 or --${option} 0.05, not “${value}”.`,
    )
  return dollars
}
