import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'

/**
 * The ports that a process has its TCP connections on (Linux;
 * https://man7.org/linux/man-pages/man5/proc_pid_net.5.html).
 */
const portsOf = (pid: number): number[] => {
  const folder = `/proc/${pid}/fd`
  // A process that is gone has none.
  if (!existsSync(folder)) return []
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
  /** What to ask the sandbox for what was under way then: `GET /_sandbox/cut-offs?…`. */
  readonly query: string
  /** Milliseconds that a message may stand there as begun, at most, before it leaves. */
  readonly leadMs: number
  /** SIGCONT. */
  readonly thaw: () => void
}

/**
 * What it takes to commit that a message is begun until it leaves, and an answer until it is kept: on a machine that is
 * not busy.
 */
const committedMs = 250

/**
 * SIGSTOP on a hub: it stands still, and knows nothing of it. How long it just now takes from being asked to having
 * asked its database says how busy the machine is, and so how old an answer may be that it has not yet committed.
 */
export const freeze = async (pid: number, port: number): Promise<Frozen> => {
  const lag = await lagOf(port)
  const at = Date.now()
  signalTo(pid, 'SIGSTOP')
  const ports = portsOf(pid)
  const query = new URLSearchParams({
    at: String(at),
    ports: ports.join(','),
    within: String(Math.round(committedMs + 3 * lag)),
  })
  return { query: String(query), leadMs: committedMs + lag, thaw: () => signalTo(pid, 'SIGCONT') }
}

const longestLagMs = 2_000

/** Milliseconds that a hub takes to answer what it has to ask its database for; none while it is starting. */
const lagOf = async (port: number): Promise<number> => {
  const began = performance.now()
  try {
    await (await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(longestLagMs) })).text()
  } catch (thrown) {
    // Nobody listens, or nobody answers.
    if (!(thrown instanceof TypeError || (thrown instanceof DOMException && thrown.name === 'TimeoutError')))
      throw thrown
  }
  return performance.now() - began
}

/** A process that is gone meanwhile is no concern. */
const signalTo = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal)
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH')) throw thrown
  }
}
