import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const known = new Map<string, boolean>()

/** Whether a connector's sandbox.yaml says `usual: true`. */
export const isUsual = (folder: string): boolean => {
  const before = known.get(folder)
  if (before !== undefined) return before
  const file = join(folder, 'sandbox.yaml')
  const usual = existsSync(file) && /^usual: true$/m.test(readFileSync(file, 'utf8'))
  known.set(folder, usual)
  return usual
}
