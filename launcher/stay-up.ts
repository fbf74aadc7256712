import { plainWords } from './logs.ts'
import { Problem } from './problem.ts'
import type { Running } from './processes.ts'
import { say } from './screen.ts'

/** A program that goes on ending has something that a new start does not mend. */
const mostStarts = 5
const withinMs = 600_000

export interface StayUp {
  /** Started again when it ends by itself: a hub that stands still ends itself for that (hub-server/src/watchdog). */
  readonly hub: Running
  readonly startAgain: () => Promise<Running>
  /** Their end is the end of everything. */
  readonly others: readonly Running[]
  readonly stop: AbortSignal
  readonly now?: () => number
}

/**
 * Stays until it is asked to stop.
 * @throws Problem when another program ends by itself, or the hub for the sixth time in ten minutes
 */
export async function stayUp({ hub, startAgain, others, stop, now = Date.now }: StayUp): Promise<void> {
  const asked = new Promise<undefined>((resolve) => {
    if (stop.aborted) resolve(undefined)
    stop.addEventListener('abort', () => resolve(undefined), { once: true })
  })
  const starts: number[] = []
  let running = hub
  for (;;) {
    const programs = [running, ...others].map((program) => program.ended.then(() => program))
    const first = await Promise.race([asked, ...programs])
    if (first === undefined || stop.aborted) return
    const recent = starts.filter((at) => now() - at < withinMs)
    if (first !== running || recent.length >= mostStarts) throw endedByItself(first)
    say(`\n${first.name} stopped by itself (${first.end}) and is started again.\n\n${plainWords(first.log)}`)
    starts.push(now())
    running = await startAgain()
    say(`${running.name} is running again.`)
  }
}

const endedByItself = ({ name, end, log }: Running): Problem =>
  new Problem(`${name} stopped by itself (${end}).\n\n${plainWords(log)}\n\nAll it said: ${log}`)
