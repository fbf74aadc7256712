import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const known = new Map<string, boolean>()

/** Whether a connector's sandbox.yaml says `usual: true`. */
export const isUsual = (folder: string): boolean => {
  const before = known.get(folder)
  if (before !== undefined) return before
  const usual = saysSo(join(folder, 'sandbox.yaml'))
  known.set(folder, usual)
  return usual
}

/** One that cannot be read is told of when the vendor is called. */
const saysSo = (file: string): boolean => {
  try {
    return /^usual: true$/m.test(readFileSync(file, 'utf8'))
  } catch {
    return false
  }
}
