import { FileError, mostBytes, readInside } from '../connectors/load/own-file.ts'

const known = new Map<string, Promise<boolean>>()

/** Whether a connector's sandbox.yaml says `usual: true`. */
export const isUsual = (folder: string): Promise<boolean> => {
  const before = known.get(folder)
  if (before) return before
  const usual = saysSo(folder)
  known.set(folder, usual)
  return usual
}

/** One that cannot be read is told of when the vendor is called. */
const saysSo = async (folder: string): Promise<boolean> => {
  try {
    return /^usual: true$/m.test((await readInside(folder, 'sandbox.yaml', mostBytes['sandbox.yaml'])).toString())
  } catch (thrown) {
    if (thrown instanceof FileError) return false
    throw thrown
  }
}
