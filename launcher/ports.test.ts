import { createServer, type Server } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { freePort, localhost, requireDifferent, requireFreePort } from './ports.ts'

let server: Server | undefined
afterEach(() => server?.close())

test('a free port passes', async () => {
  await expect(requireFreePort(await freePort(), 'the hub', 'port')).resolves.toBeUndefined()
})

test.each([localhost, '0.0.0.0', '::'])('a port taken on %s is refused, naming the port and the option', async (host) => {
  const port = await freePort()
  await new Promise<void>((resolve) => (server = createServer().listen(port, host, resolve)))
  await expect(requireFreePort(port, 'n8n', 'n8n-port')).rejects.toThrow(new RegExp(`${port}.*n8n[^]*--n8n-port`))
})

test('the hub and n8n do not share a port', () => {
  expect(() => requireDifferent(80, 80)).toThrow('--n8n-port')
})
