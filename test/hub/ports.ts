import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** The ports that a process has its TCP connections on (Linux; https://man7.org/linux/man-pages/man5/proc_pid_net.5.html). */
export const portsOf = (pid: number): number[] => {
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
