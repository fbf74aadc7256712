import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startSandbox } from './start.ts'
import type { Latency } from './vendors/play.ts'

/**
 * The sandbox as a process of its own:
 * node src/sandbox/process.ts [--port N] [--host 127.0.0.1] [--seed 1] [--connectors <folder>]… [--own <folder>]…
 * [--sites <folder>] [--latency none|usual|<ms>] Prints {"url": …} when it is ready, and stops on SIGTERM or SIGINT.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    seed: { type: 'string', default: '1' },
    connectors: { type: 'string', multiple: true },
    own: { type: 'string', multiple: true, default: [] },
    sites: { type: 'string' },
    latency: { type: 'string', default: 'none' },
  },
})

const latencyOf = (text: string): Latency => (text === 'none' || text === 'usual' ? text : Number(text))

const sandbox = await startSandbox({
  port: Number(values.port),
  host: values.host,
  seed: Number(values.seed),
  connectorsDir: values.connectors ?? [fileURLToPath(new URL('../../connectors', import.meta.url))],
  own: values.own,
  ...(values.sites !== undefined && { sites: values.sites }),
  latency: latencyOf(values.latency),
})

const stop = (): void => {
  sandbox.stop().then(
    () => process.exit(0),
    (thrown: unknown) => {
      process.stderr.write(`The sandbox did not stop well: ${String(thrown)}\n`)
      process.exit(1)
    },
  )
}
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
process.stdout.write(`${JSON.stringify({ url: sandbox.url })}\n`)
