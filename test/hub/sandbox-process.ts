import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseDocument } from 'yaml'
import { connectSandbox, type Sandbox } from '../../hub-server/src/sandbox/index.ts'

/** The sandbox as a process of its own, which nothing happens to: it holds the vendors' own counts. */
export interface SandboxProcess {
  readonly url: string
  readonly sandbox: Sandbox
  /** Asks one of the routes under /_sandbox/: docs/sandbox.md lists them. */
  readonly control: (method: 'GET' | 'POST', path: string, body?: object) => Promise<unknown>
  readonly stop: () => Promise<void>
}

const hubServer = fileURLToPath(new URL('../../hub-server', import.meta.url))

/**
 * Copies connectors into a folder, without the limits of their vendors: how fast a run goes is said by the limits of
 * its own connection then.
 */
export const copyWithoutLimits = (folder: string, ids?: readonly string[], room = hubServer): void => {
  for (const id of ids ?? readdirSync(`${room}/connectors`)) {
    cpSync(`${room}/connectors/${id}`, join(folder, id), { recursive: true })
    const file = join(folder, id, 'connector.yaml')
    const manifest = parseDocument(readFileSync(file, 'utf8'))
    manifest.delete('limits')
    writeFileSync(file, String(manifest))
  }
}

/**
 * @param connectors the folder whose vendors it plays
 * @param room the hub-server whose sandbox it is: that of this checkout, or of another version
 */
export const startSandboxProcess = async (connectors: string, room = hubServer): Promise<SandboxProcess> => {
  const args = [`${room}/src/sandbox/process.ts`, '--connectors', connectors]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const end = () => child.kill('SIGKILL')
  process.once('exit', end)
  const [line]: unknown[] = await once(createInterface(child.stdout), 'line')
  const { url }: { url: string } = JSON.parse(String(line))
  return {
    url,
    sandbox: await connectSandbox(url),
    control: async (method, about, body) => {
      const answer = await fetch(`${url}/_sandbox/${about}`, { method, body: body && JSON.stringify(body) })
      if (!answer.ok) throw new Error(`the sandbox answered ${answer.status}: ${await answer.text()}`)
      const content: unknown = await answer.json()
      return content
    },
    stop: async () => {
      process.off('exit', end)
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
    },
  }
}
