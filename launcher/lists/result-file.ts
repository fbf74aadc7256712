import { createWriteStream, existsSync, renameSync, rmSync } from 'node:fs'
import { join, parse } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { interrupted, Problem, textOf } from '../problem.ts'
import type { Run } from './contract.ts'
import { typeOf, type ListFile } from './request.ts'
import { openHub, type Door } from './rest.ts'

/** A name beside the list that is not taken: leads.results.csv, leads.results-2.csv, … */
export function freeName(
  { path, type }: Pick<ListFile, 'path' | 'type'>,
  isTaken: (path: string) => boolean = existsSync,
): string {
  const { dir, name } = parse(path)
  for (let number = 1; ; number++) {
    const free = join(dir, `${name}.results${number === 1 ? '' : `-${number}`}.${type}`)
    if (!isTaken(free)) return free
  }
}

/** @throws Problem when the file that the user names is there already */
export function requireNew(path: string): void {
  if (existsSync(path))
    throw new Problem(
      `There is a file ${path} already, and it is not overwritten. Name another with --out, or move that one away.`,
    )
}

/**
 * Writes a run's results to a file of the user's alone, which gets its name when it is whole.
 * @returns its path
 * @throws Problem when it cannot be written or the user wants to leave: the results stay in the hub
 */
export async function writeResults(
  door: Door,
  run: Run,
  list: ListFile,
  out: string | undefined,
  stop: AbortSignal,
): Promise<string> {
  const type = (out === undefined ? undefined : typeOf(out)) ?? list.type
  const part = `${out ?? freeName(list)}.${run.id}.part`
  try {
    const results = await openHub(door, 'Reading the results', `/v1/runs/${run.id}/results.${type}`, {}, stop)
    await pipeline(results, createWriteStream(part, { mode: 0o600 }), { signal: stop })
    const path = out ?? freeName(list)
    requireNew(path)
    renameSync(part, path)
    return path
  } catch (error) {
    if (stop.aborted) throw interrupted()
    throw error instanceof Problem
      ? error
      : new Problem(
          `The results could not be written: ${textOf(error)}. They are safe in the hub; the same command writes ` +
            'them again.',
        )
  } finally {
    rmSync(part, { force: true })
  }
}
