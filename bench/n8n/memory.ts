import { readdirSync, readFileSync } from 'node:fs'

export interface Watched {
  /** The most resident memory so far of the process and of all that it started, each at its own worst moment. MB. */
  readonly peakMb: () => number
  readonly stop: () => void
}

/** What /proc tells of a process; nothing once it is gone. Linux only. */
const readOf = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) return ''
    throw error
  }
}

const numberIn = (text: string, name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0)

const processes = (): { pid: number; parent: number }[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: numberIn(readOf(Number(name), 'status'), 'PPid') }))

const withDescendants = (root: number): number[] => {
  const all = processes()
  const found = [root]
  for (const pid of found) found.push(...all.filter(({ parent }) => parent === pid).map((child) => child.pid))
  return found
}

/** The process that this one started with these words in its command line. */
export const startedHere = (words: string): number => {
  const found = processes().find(({ pid, parent }) => parent === process.pid && readOf(pid, 'cmdline').replaceAll('\0', ' ').includes(words))
  if (!found) throw new Error(`nothing was started here with “${words}”`)
  return found.pid
}

/** Watches VmHWM, the kernel's own high-water mark, so that no moment between two looks is missed. */
export const watchMemory = (root: number): Watched => {
  const peaks = new Map<number, number>()
  const look = (): void => {
    for (const pid of withDescendants(root)) peaks.set(pid, Math.max(peaks.get(pid) ?? 0, numberIn(readOf(pid, 'status'), 'VmHWM')))
  }
  const timer = setInterval(look, 500).unref()
  return {
    peakMb: () => {
      look()
      return Math.round([...peaks.values()].reduce((sum, kilobytes) => sum + kilobytes, 0) / 1024)
    },
    stop: () => clearInterval(timer),
  }
}
