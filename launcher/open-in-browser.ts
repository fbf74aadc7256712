import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

type Desktop = { platform: NodeJS.Platform; env: NodeJS.ProcessEnv; has: (program: string) => boolean }

const here: Desktop = {
  platform: process.platform,
  env: process.env,
  has: (program) => (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program))),
}

/** The program that opens an address in the user's browser; undefined where nobody sits at a desktop. */
export function browserOpener({ platform, env, has }: Desktop = here): string | undefined {
  if (platform === 'darwin') return has('open') ? 'open' : undefined
  const hasDesktop = Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY'])
  return hasDesktop && has('xdg-open') ? 'xdg-open' : undefined
}

/** Opens an address where there is a desktop; where it does not work, the user has the address on the screen. */
export function openInBrowser(address: string): void {
  const opener = browserOpener()
  if (opener === undefined) return
  const child = spawn(opener, [address], { stdio: 'ignore', detached: true })
  child.once('error', () => undefined)
  child.unref()
}
