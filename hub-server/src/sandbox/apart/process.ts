// The process that one user's sandbox.yaml is played in. It is played in its thread, so that this one still notices
// when the hub is gone.
import { Worker } from 'node:worker_threads'

const [part = '', memoryMb] = process.argv.slice(2)
const file = new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url)
const thread = new Worker(file, {
  workerData: JSON.parse(part),
  resourceLimits: { maxOldGenerationSizeMb: Number(memoryMb), maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
})

thread.on('message', (message: unknown) => process.send?.(message))
thread.on('error', () => process.exit(1))
process.on('message', (message) => thread.postMessage(message))
process.on('disconnect', () => process.exit(0))
