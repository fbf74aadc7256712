import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** The ports that a process has its TCP connections on (Linux; https://man7.org/linux/man-pages/man5/proc_pid_net.5.html). */
const portsOf = (pid: number): number[] => {
  const folder = `/proc/${pid}/fd`
  const own = new Set(
    readdirSync(folder).flatMap((descriptor) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${descriptor}`))?.[1] ?? []
      } catch (thrown) {
        // Closed since the folder was listed.
        if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return []
        throw thrown
      }
    }),
  )
  return ['tcp', 'tcp6'].flatMap((family) =>
    readFileSync(`/proc/${pid}/net/${family}`, 'utf8')
      .split('\n')
      .slice(1)
      .flatMap((line) => {
        const [, local = '', , , , , , , , inode = ''] = line.trim().split(/\s+/)
        return own.has(inode) ? [Number.parseInt(local.split(':')[1] ?? '', 16)] : []
      }),
  )
}

/** By then a vendor has read what a client had sent before it was killed or stood still, also on a busy machine. */
export const readMs = 1_000

/** A process that stands still. */
export interface Frozen {
  /** Milliseconds since 1970. */
  readonly at: number
  /** Its TCP connections: by them a vendor tells what was under way. */
  readonly ports: readonly number[]
  /** SIGCONT. */
  readonly thaw: () => void
}

/** SIGSTOP: it stands still, and knows nothing of it. */
export const freeze = (pid: number): Frozen => {
  const at = Date.now()
  process.kill(pid, 'SIGSTOP')
  return { at, ports: portsOf(pid), thaw: () => signalTo(pid, 'SIGCONT') }
}

/** A process that is gone meanwhile is no concern. */
const signalTo = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal)
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH')) throw thrown
  }
}
