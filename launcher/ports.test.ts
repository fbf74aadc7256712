import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { freePort, localhost, requireDifferent, requireFreePort } from './ports.ts'

let server: Server | undefined
let child: ChildProcess | undefined
afterEach(() => {
  server?.close()
  child?.kill('SIGKILL')
})

test('a free port passes', async () => {
  await expect(requireFreePort(await freePort(), 'the hub', 'port')).resolves.toBeUndefined()
})

test.each([localhost, '0.0.0.0', '::'])(
  'a port taken on %s is refused, naming the port and the option',
  async (host) => {
    const port = await freePort()
    await new Promise<void>((resolve) => (server = createServer().listen(port, host, resolve)))
    await expect(requireFreePort(port, 'n8n', 'n8n-port')).rejects.toThrow(new RegExp(`${port}.*n8n[^]*--n8n-port`))
  },
)

/** A program of its own, as what holds a port is. */
async function program(code: string, env: NodeJS.ProcessEnv = {}): Promise<{ port: number; pid: number }> {
  const port = await freePort()
  child = spawn(process.execPath, ['-e', code.replace('PORT', String(port))], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout ?? child, 'data')
  return { port, pid: child.pid ?? 0 }
}
const listens = `.listen(PORT, '127.0.0.1', () => console.log('ready'))`

test.runIf(existsSync('/proc/net/tcp'))('it is said which program has the port, and which port is free', async () => {
  const { port, pid } = await program(`require('node:net').createServer()${listens}`)
  const refusal = await requireFreePort(port, 'the hub', 'port').catch((error: unknown) => String(error))
  expect(refusal).toMatch(
    new RegExp(
      `Port ${port}, which the hub needs, is taken by node \\(process ${pid}\\).\nStop that program, or choose ` +
        `another port with --port, e.g. --port \\d+`,
    ),
  )
})

test.runIf(existsSync('/proc/net/tcp'))(
  'it is said that a hub runs there already, and with which data folder',
  async () => {
    const answer = `(_, answer) => answer.end('{"status":"ok","version":"0.1.0"}')`
    const { port } = await program(`require('node:http').createServer(${answer})${listens}`, {
      HUB_DATA: '/somewhere/else',
    })
    await expect(requireFreePort(port, 'the hub', 'port')).rejects.toThrow(
      /a hub already runs there, with the data folder \/somewhere\/else[^]*--data[^]*--port/,
    )
  },
)

test('the hub and n8n do not share a port', () => {
  expect(() => requireDifferent(80, 80)).toThrow('--n8n-port')
})
