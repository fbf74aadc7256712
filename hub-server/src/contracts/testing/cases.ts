import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** Cases as they were met outside, kept beside the checkout; where they lie elsewhere CASES_DIR says so. */
const folder = resolve(process.env.CASES_DIR ?? resolve(import.meta.dirname, '../../../../../shared/cases'))

/** @returns a case's JSON; undefined, with a message, where it is not there */
export const caseOf = <Content>(file: string): Content | undefined => {
  const path = resolve(folder, file)
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8'))
  process.stderr.write(`${path} is not there: the test of it is skipped. Say with CASES_DIR where the cases lie.\n`)
  return undefined
}
