import { setTimeout as sleep } from 'node:timers/promises'
import { interrupted, Problem } from '../problem.ts'
import { finished, type Run } from './contract.ts'
import { askHub, Unreachable, type Door } from './rest.ts'

/** A hub that is being restarted is waited for so long, in milliseconds. */
const patience = 60_000

/** Milliseconds between two questions at least: a fast run changes all the time. */
const pause = 150

/**
 * Looks after a run until it stops by itself.
 * @param show is told each time that something has changed
 * @throws Problem when the user wants to leave (the run is not touched), or when the hub stays away
 */
export async function follow(door: Door, first: Run, show: (run: Run) => void, stop: AbortSignal): Promise<Run> {
  let run = first
  let answeredAt = performance.now()
  show(run)
  while (run.status === 'queued' || run.status === 'running') {
    if (stop.aborted) throw interrupted()
    await sleep(pause)
    try {
      run = await askHub<Run>(
        door,
        'Asking how the run goes',
        `/v1/runs/${run.id}`,
        { query: { wait: '5s', seen: String(finished(run)) } },
        stop,
      )
      answeredAt = performance.now()
      show(run)
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error
      if (performance.now() - answeredAt > patience)
        throw new Problem(
          `${error.message} What is done is safe. Look after the hub (./hub up); then the same command goes on.`,
        )
      await sleep(1000)
    }
  }
  return run
}
