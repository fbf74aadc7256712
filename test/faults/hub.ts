import { fileURLToPath } from 'node:url'
import { readConfig } from '../../hub-server/src/config.ts'
import { startHub, systemClock } from '../../hub-server/src/hub.ts'
import { connectSandbox } from '../../hub-server/src/sandbox/index.ts'

/** A hub on the sandbox of another process, with few connectors (FAULTS_CONNECTORS), whose clocks the parent steps: `{step: ms}`. */
const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

let ahead = 0
process.on('message', (message) => {
  if (message instanceof Object && 'step' in message) ahead += Number(message.step)
})
// The machine's clock, as this process sees it.
const Real = Date
globalThis.Date = new Proxy(Real, {
  construct: (_target, given: unknown[]) => Reflect.construct(Real, given.length === 0 ? [Real.now() + ahead] : given),
  get: (target, name): unknown => (name === 'now' ? () => Real.now() + ahead : (Reflect.get(target, name) as unknown)),
})
process.once('disconnect', () => process.exit(1))

const config = readConfig(process.env)
const sandbox = await connectSandbox(config.sandboxUrl ?? '')
const folders = { connectors: process.env.FAULTS_CONNECTORS ?? '', console: folder('.'), templates: folder('../../templates'), icons: folder('../../icons') }
const clock = { ...systemClock, now: () => systemClock.now() + ahead }
const hub = await startHub(config, { version: 'faults', folders, testWorld: { ...sandbox, forgets: false }, clock })
process.once('SIGTERM', () => void hub.stop().then(() => process.exit(0)))
process.stdout.write(`${JSON.stringify({ ready: true, url: hub.url })}\n`)
