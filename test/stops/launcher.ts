import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { ownEnvironment } from '../hub/hub-process.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** `./hub run` under way. */
export interface Running {
  readonly ended: Promise<{ readonly code: number | null; readonly said: string }>
  /** Ctrl-C. */
  readonly interrupt: () => void
  readonly said: () => string
}

export interface Command {
  readonly block: string
  readonly file: string
  readonly options: Readonly<Record<string, string>>
  readonly data: string
  readonly port: number
  readonly env: Readonly<Record<string, string>>
}

/** The command that a person types, and types again. */
export const hubRun = ({ block, file, options, data, port, env }: Command): Running => {
  const words = Object.entries(options).flatMap(([name, value]) => ['--option', `${name}=${value}`])
  const args = [`${root}launcher/main.ts`, 'run', block, file, ...words, '--data', data, '--port', String(port)]
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...ownEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const pieces: string[] = []
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (piece: string) => pieces.push(piece))
  const said = () => pieces.join('')
  const end = () => child.kill('SIGKILL')
  process.once('exit', end)
  const ended = once(child, 'close').then(() => {
    process.off('exit', end)
    return { code: child.exitCode, said: said() }
  })
  return { ended, said, interrupt: () => void child.kill('SIGINT') }
}
