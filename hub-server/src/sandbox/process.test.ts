import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { connectSandbox } from './index.ts'

test('runs as a process of its own, is used from another one, and stops when it is told to', async () => {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('./process.ts', import.meta.url)), '--port', '0', '--seed', '7'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  try {
    const [line]: unknown[] = await once(createInterface(child.stdout), 'line')
    const { url }: { url: string } = JSON.parse(String(line))
    const sandbox = await connectSandbox(url)
    expect(sandbox.population.seed).toBe(7)
    const [company] = sandbox.companies(1)
    const host = await sandbox.resolveHost(company?.domain ?? '')
    expect(host).toEqual({ address: '127.0.0.1', port: Number(new URL(url).port) })
    expect(await sandbox.resolveHost('private.test')).toMatchObject({ address: '10.0.0.1' })
    expect(await sandbox.resolveHost('example.com')).toBeNull()
    expect(await sandbox.resolveMx(company?.domain ?? '')).not.toBeNull()
    const email = sandbox.population.emailOf(1)
    const answer = await fetch(`${sandbox.vendorBase('hunter', 'default')}/v2/email-verifier?email=${email}&api_key=k`)
    expect(await answer.json()).toMatchObject({ data: { email } })
  } finally {
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  }
})

test('says plainly when nobody answers', async () => {
  await expect(connectSandbox('http://127.0.0.1:9')).rejects.toMatchObject({ kind: 'unavailable' })
})
