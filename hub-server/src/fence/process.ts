// A process behind the fence. Its thread does the work, so that this one still notices when that takes too long, and
// when the hub is gone.
import { Worker } from 'node:worker_threads'
import { exits, type Call, type Message } from './messages.ts'
import { moduleBeside } from './task.ts'

/** How often the processor time is looked at, milliseconds. */
const lookMs = 20
const memoryMb = Number(process.argv[2])
const thread = new Worker(moduleBeside(import.meta.url, './thread'), {
  resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
})
let watching: NodeJS.Timeout | undefined
let allowedMs = 0

const watch = (): void => {
  const before = process.cpuUsage()
  watching = setInterval(() => {
    const { user, system } = process.cpuUsage(before)
    if ((user + system) / 1000 > allowedMs) process.exit(exits.tooLong)
  }, lookMs)
}

thread.on('message', (message: Message) => {
  if (message === 'begun') return watch()
  clearInterval(watching)
  process.send?.(message)
})
thread.on('error', () => process.exit(exits.tooMuch))
process.on('message', (call: Call) => {
  allowedMs = call.cpuMs
  thread.postMessage(call)
})
process.on('disconnect', () => process.exit(0))
