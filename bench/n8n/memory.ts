import { readdirSync, readFileSync } from 'node:fs'

export interface Watched {
  /**
   * The most memory so far that the process and all that it started held together, MB; looked at five times a second.
   * Pss: of pages that several share each counts its part (https://docs.kernel.org/filesystems/proc.html).
   */
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

const numberIn = (text: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0)

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
  const found = processes().find(
    ({ pid, parent }) => parent === process.pid && readOf(pid, 'cmdline').replaceAll('\0', ' ').includes(words),
  )
  if (!found) throw new Error(`nothing was started here with “${words}”`)
  return found.pid
}

const everyMs = 200

/** Watches how much a process and all that it has started hold at the same time. */
export const watchMemory = (root: number): Watched => {
  let peak = 0
  const look = (): void => {
    const kilobytes = withDescendants(root).reduce((sum, pid) => sum + numberIn(readOf(pid, 'smaps_rollup'), 'Pss'), 0)
    peak = Math.max(peak, Math.round(kilobytes / 1024))
  }
  const timer = setInterval(look, everyMs).unref()
  return {
    peakMb: () => {
      look()
      return peak
    },
    stop: () => clearInterval(timer),
  }
}
