import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseDocument } from 'yaml'
import { connectSandbox, type Sandbox } from '../../hub-server/src/sandbox/index.ts'
import { newFolder } from '../hub/hub-process.ts'

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

/** The sandbox as a process that is never killed: it holds the vendors' own counts. */
export interface Stage {
  readonly sandbox: Sandbox
  /** What a hub needs to play here. */
  readonly env: Record<string, string>
  readonly control: (method: 'GET' | 'POST', path: string, body?: object) => Promise<unknown>
  readonly stop: () => Promise<void>
}

export const openStage = async (): Promise<Stage> => {
  const connectors = newFolder()
  for (const id of ['hunter', 'sendgrid']) {
    cpSync(path(`../../hub-server/connectors/${id}`), join(connectors, id), { recursive: true })
    // The vendors set no limits here: how fast a run goes is said by the limits of its own connection.
    const file = join(connectors, id, 'connector.yaml')
    const manifest = parseDocument(readFileSync(file, 'utf8'))
    manifest.delete('limits')
    writeFileSync(file, String(manifest))
  }
  const child = spawn(process.execPath, [path('../../hub-server/src/sandbox/process.ts'), '--connectors', connectors], { stdio: ['ignore', 'pipe', 'inherit'] })
  const end = () => child.kill('SIGKILL')
  process.once('exit', end)
  const [line]: unknown[] = await once(createInterface(child.stdout), 'line')
  const { url }: { url: string } = JSON.parse(String(line))
  return {
    sandbox: await connectSandbox(url),
    env: { SANDBOX_URL: url, FAULTS_CONNECTORS: connectors, LOG_LEVEL: 'warn' },
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
      rmSync(connectors, { recursive: true, force: true })
    },
  }
}
