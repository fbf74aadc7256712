import { fileURLToPath } from 'node:url'
import { readConfig } from '../../hub-server/src/config.ts'
import { startHub } from '../../hub-server/src/hub.ts'
import { connectSandbox } from '../../hub-server/src/sandbox/index.ts'

/**
 * A hub for measuring: on the sandbox of another process (SANDBOX_URL), with the connectors of BENCH_CONNECTORS, with
 * or without batches (BATCHES=no).
 */
const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

const config = readConfig(process.env)
const sandbox = await connectSandbox(config.sandboxUrl ?? '')
const folders = {
  connectors: process.env.BENCH_CONNECTORS ?? '',
  console: folder('.'),
  templates: folder('../../templates'),
  icons: folder('../../icons'),
}
const hub = await startHub(config, {
  version: 'bench',
  folders,
  testWorld: { ...sandbox, forgets: false },
  single: process.env.BATCHES === 'no',
})
process.on('SIGTERM', () => void hub.stop().then(() => process.exit(0)))
process.stdout.write(`${JSON.stringify({ ready: true })}\n`)
