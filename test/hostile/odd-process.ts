import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../hub-server/src/db/testing/free-port.ts'
import { ownEnvironment } from '../hub/hub-process.ts'

const main = fileURLToPath(new URL('../../hub-server/src/main.ts', import.meta.url))

/** A hub that is started by another program: in a namespace of its own, with less than is usual. */
export interface OddHub {
  /** Its address, once it is ready. @throws with what it said, when it ended instead */
  readonly ready: Promise<string>
  readonly gone: Promise<number | null>
  readonly output: () => string
  readonly signal: (signal: NodeJS.Signals) => void
}

const started = new Set<() => void>()
process.on('exit', () => {
  for (const end of started) end()
})

/** @param wrapper the program and its words; the hub's command follows them */
export const startOddHub = async (
  [program = '', ...words]: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<OddHub> => {
  const child = spawn(program, [...words, process.execPath, main], {
    env: { ...ownEnvironment(), HUB_PORT: String(await freePort()), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const end = () => child.kill('SIGKILL')
  started.add(end)
  const pieces: string[] = []
  const output = () => pieces.join('')
  const gone = once(child, 'close').then(() => {
    started.delete(end)
    return child.exitCode
  })
  const ready = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (piece: string) => {
        pieces.push(piece)
        const url = /\{"ready":true,"url":"([^"]+)"\}/.exec(output())?.[1]
        if (url) resolve(url)
      })
    void gone.then((code) => reject(new Error(`it ended with ${code}: ${output()}`)))
  })
  ready.catch(() => undefined)
  return { ready, gone, output, signal: (signal) => void child.kill(signal) }
}
