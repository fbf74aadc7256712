// A process whose event loop is held: for a while, for good, or until its memory is full.
import { setTimeout as pause } from 'node:timers/promises'
import { startWatchdog } from '../watchdog.ts'

const [what = '', folder = '', holder = ''] = process.argv.slice(2)

const turnInCircles = (ms: number): void => {
  for (const until = performance.now() + ms; performance.now() < until;);
}

const fillMemory = (): never => {
  const kept: unknown[] = []
  for (;;) kept.push(Array.from({ length: 1_000 }, (_, n) => ({ n })))
}

const watchdog = startWatchdog({
  folder,
  holder,
  tell: (held) => process.send?.(held),
  heldMs: 300,
  stillMs: what === 'for-good' ? 2_000 : 60_000,
})
await pause(500)
if (what === 'memory') fillMemory()
turnInCircles(what === 'for-good' ? 600_000 : 2_000)
await pause(1_000)
await watchdog.stop()
process.disconnect()
