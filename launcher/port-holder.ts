import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename, resolve } from 'node:path'

/** The program that listens on a port. */
export type PortHolder = { pid: number; name: string; env: Record<string, string>; cwd: string }

/**
 * Who listens on a port of this machine, as far as the system tells: only Linux does, and only of one's own programs
 * (https://man7.org/linux/man-pages/man5/proc_pid_net.5.html).
 */
export function portHolder(port: number): PortHolder | undefined {
  const sockets = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeners(table, port)))
  if (sockets.size === 0) return undefined
  const pid = readable(() => readdirSync('/proc'))
    ?.filter((name) => /^\d+$/.test(name))
    .find((one) => holds(one, sockets))
  return pid === undefined ? undefined : described(Number(pid))
}

/** The data folder of a hub, from what it was started with. */
export function dataFolderOf({ env, cwd }: PortHolder): string {
  return resolve(cwd, env['HUB_DATA'] || '.hub')
}

/** `socket:[inode]` of each socket in state 0A (listening) on the port. */
function listeners(table: string, port: number): string[] {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const rows = (readable(() => readFileSync(table, 'utf8')) ?? '').split('\n').map((line) => line.trim().split(/\s+/))
  return rows.filter((row) => row[1]?.endsWith(wanted) && row[3] === '0A').map((row) => `socket:[${row[9]}]`)
}

function holds(pid: string, sockets: ReadonlySet<string>): boolean {
  const open = readable(() => readdirSync(`/proc/${pid}/fd`)) ?? []
  return open.some((file) => sockets.has(readable(() => readlinkSync(`/proc/${pid}/fd/${file}`)) ?? ''))
}

function described(pid: number): PortHolder {
  const words = (file: string): string[] =>
    (readable(() => readFileSync(`/proc/${pid}/${file}`, 'utf8')) ?? '').split('\0').filter((word) => word !== '')
  const [program = '', ...args] = words('cmdline')
  const script = args.find((word) => !word.startsWith('-'))
  const pairs = words('environ').map((pair): [string, string] => [
    pair.slice(0, pair.indexOf('=')),
    pair.slice(pair.indexOf('=') + 1),
  ])
  return {
    pid,
    // “node” alone says nothing: what it runs does.
    name: [basename(program), ...(script?.includes('/') ? [script] : [])].join(' '),
    env: Object.fromEntries(pairs),
    cwd: readable(() => readlinkSync(`/proc/${pid}/cwd`)) ?? '/',
  }
}

/** Undefined for what is not there (any more), or belongs to somebody else. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (
      error instanceof Error &&
      'code' in error &&
      ['ENOENT', 'EACCES', 'EPERM', 'ESRCH', 'EINVAL', 'ENOTDIR'].includes(String(error.code))
    )
      return undefined
    throw error
  }
}
