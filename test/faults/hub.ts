import { fileURLToPath } from 'node:url'
import { readConfig } from '../../hub-server/src/config.ts'
import { startHub } from '../../hub-server/src/hub.ts'
import { connectSandbox } from '../../hub-server/src/sandbox/index.ts'
import { stepClock } from '../hub/stepped-clock.ts'

/**
 * A hub on the sandbox of another process, with few connectors (FAULTS_CONNECTORS), never in batches (FAULTS_SINGLE),
 * whose clocks the parent steps: `{step: ms}`.
 */
const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

let ahead = 0
process.on('message', (message) => {
  if (message instanceof Object && 'step' in message) ahead += Number(message.step)
})
const clock = stepClock(() => ahead)
process.once('disconnect', () => process.exit(1))

const config = readConfig(process.env)
const sandbox = await connectSandbox(config.sandboxUrl ?? '')
const folders = {
  connectors: process.env.FAULTS_CONNECTORS ?? '',
  console: folder('.'),
  templates: folder('../../templates'),
  icons: folder('../../icons'),
}
const hub = await startHub(config, {
  version: 'faults',
  folders,
  testWorld: { ...sandbox, forgets: false },
  single: process.env.FAULTS_SINGLE === 'yes',
  clock,
})
process.once('SIGTERM', () => void hub.stop().then(() => process.exit(0)))
process.stdout.write(`${JSON.stringify({ ready: true, url: hub.url })}\n`)
