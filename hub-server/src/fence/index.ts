import { createFence } from './fence.ts'

export { createFence, FenceError, type Fence } from './fence.ts'
export { messageOf } from './message-of.ts'
export { task, type Task } from './task.ts'

/** The one of this process: all reading of outside text that may be slow or hostile shares its two processes. */
export const fence = createFence()
