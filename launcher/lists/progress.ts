import { finished, type Run } from './contract.ts'
import { count, money, span } from './words.ts'

const barWidth = 20

/** Milliseconds that the speed is measured over. */
const window = 30_000

type Sample = { at: number; finished: number }

/** The speed of a run, measured over its last half minute. */
export class Pace {
  private samples: Sample[] = []

  /** @param at milliseconds, as `performance.now()` gives */
  note(run: Run, at: number): void {
    this.samples.push({ at, finished: finished(run) })
    while (this.samples.length > 2 && at - (this.samples[1]?.at ?? at) > window) this.samples.shift()
  }

  /** Items a second; undefined before there is anything to measure. */
  get rate(): number | undefined {
    const first = this.samples[0]
    const last = this.samples.at(-1)
    if (!first || !last || last.at - first.at < 500) return undefined
    return ((last.finished - first.finished) / (last.at - first.at)) * 1000
  }
}

/** One line about a run: `█████░░░░░  42%  35/s  4,100 done  100 failed  $1.23  3 min left`. */
export function progressText(run: Run, rate: number | undefined): string {
  const { total, done, skipped, failed, uncertain, pending } = run.items
  const part = total === 0 ? 1 : Math.min(1, finished(run) / total)
  const filled = Math.floor(part * barWidth)
  const words = [
    '█'.repeat(filled) + '░'.repeat(barWidth - filled),
    // Rounded down: 100% is said when all is done.
    `${Math.floor(part * 100)}%`,
    rate === undefined || rate === 0 ? undefined : `${rate < 10 ? rate.toFixed(1) : count(rate)}/s`,
    `${count(done)} of ${count(total)} done`,
    skipped > 0 ? `${count(skipped)} skipped` : undefined,
    `${count(failed)} failed`,
    uncertain > 0 ? `${count(uncertain)} uncertain` : undefined,
    `${money(run.usage.price)} ${run.mode === 'test' ? 'made up' : 'spent'}`,
    rate !== undefined && rate !== 0 && pending > 0 ? `${span(pending / rate)} left` : undefined,
  ]
  return words.filter((word) => word !== undefined).join('  ')
}

/** Where lines are shown: a terminal redraws one, anything else gets a new one now and then. */
export type Screen = { isTTY?: boolean; columns?: number; write(text: string): unknown }

/** Milliseconds between two lines where they cannot be redrawn. */
const plainEvery = 5000

/** Shows how a run goes. `end` leaves the last line standing. */
export function progressOn(screen: Screen): { show(run: Run, at: number): void; end(): void } {
  const pace = new Pace()
  let shownAt = -Infinity
  let isOpen = false
  return {
    show(run, at) {
      pace.note(run, at)
      const text = progressText(run, pace.rate)
      if (screen.isTTY) {
        screen.write(`\r\u001b[2K${text.slice(0, (screen.columns ?? 80) - 1)}`)
        isOpen = true
      } else if (at - shownAt >= plainEvery) {
        screen.write(`${text}\n`)
        shownAt = at
      }
    },
    end() {
      if (isOpen) screen.write('\n')
      isOpen = false
    },
  }
}
