// The process that users' expressions run in. They run in its thread, so that this one still notices when the hub is
// gone.
import { Worker } from 'node:worker_threads'

const memoryMb = Number(process.argv[2])
const file = new URL(import.meta.url.endsWith('.ts') ? './fenceWorker.ts' : './fenceWorker.js', import.meta.url)
const thread = new Worker(file, {
  resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
})

thread.on('message', (message: unknown) => process.send?.(message))
thread.on('error', () => process.exit(1))
process.on('message', (message) => thread.postMessage(message))
process.on('disconnect', () => process.exit(0))
