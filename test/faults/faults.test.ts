import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServices } from '../../hub-server/src/db/testing/services.ts'
import { forms, sideBySide, type NamedForm } from './forms.ts'
import { play, type Outcome, type Played } from './play.ts'
import { checks } from './checks.ts'
import { sequencesAreWhole, summaryOf } from './compare.ts'

/** FAULTS_SEED=… repeats the faults of an earlier run, their order and their pauses (the machine's own pace not). */
const seed = Number(process.env.FAULTS_SEED ?? Math.floor(Math.random() * 1e9))
process.stderr.write(`faults: seed ${seed}\n`)

const services = await startServices()
afterAll(() => services.stop())

const isPossible = ({ onServices }: NamedForm): boolean =>
  !onServices || (services.databaseUrl !== undefined && services.redisUrl !== undefined)

const begin = ({ form, onServices }: NamedForm): Promise<Played> => {
  const playing = play(form, onServices ? services : undefined, seed)
  // Told of where it is waited for.
  playing.catch(() => undefined)
  return playing
}
const begun = new Map(sideBySide ? forms.filter(isPossible).map((named) => [named, begin(named)]) : [])

for (const named of forms)
  describe.skipIf(!isPossible(named))(named.name, () => {
    const { name, form, least } = named
    let played: Played
    beforeAll(async () => {
      played = await (begun.get(named) ?? begin(named))
      process.stderr.write(summaryOf(name, played))
    }, 3_600_000)

    test(`meets ${least} faults, of every kind (seed ${seed})`, () => {
      expect([...played.faults.keys()].sort()).toEqual([...form.plan.kinds].sort())
      expect([...played.faults.values()].reduce((sum, times) => sum + times, 0)).toBeGreaterThanOrEqual(least)
    })

    test('nobody ends unless killed, and all stop when told to', () => {
      expect(played.crashes).toEqual([])
      expect(played.exits).toEqual(played.exits.map(() => 0))
    })

    describe.each(form.works.map((work, at) => ({ what: work.name, at })))('$what', ({ what, at }) => {
      const outcome = (): Outcome => {
        const found = played.outcomes[at]
        if (!found) throw new Error('it was not played')
        return found
      }

      test('every item ends once', () => {
        const { results, work } = outcome()
        expect(results.map(({ item }) => item)).toEqual(Array.from({ length: work.items }, (_, item) => item))
        expect(results.filter(({ status }) => status === 'pending')).toEqual([])
      })

      checks[what](outcome)
    })

    test('four readers read the same events, none lost, doubled or out of order', () => {
      const [first] = played.readers
      expect(played.events.length).toBeGreaterThanOrEqual(2 * (played.smallRuns.length + form.works.length))
      for (const { events, cursors } of played.readers) {
        expect(events).toEqual(first?.events)
        expect(cursors).toEqual([...new Set(cursors)].sort((a, b) => a - b))
      }
      expect(first?.events).toEqual(played.events.map(({ position: _, ...event }) => event))
      expect(played.events.map(({ position }) => position)).toEqual(played.events.map((_, at) => at + 1))
      expect(sequencesAreWhole(played.events)).toEqual([])
    })

    test('every run is accepted once and finished once', () => {
      const runs = [...played.smallRuns, ...played.outcomes.map(({ run }) => run)]
      expect(new Set(runs).size).toBe(runs.length)
      const bySubject = Map.groupBy(played.events, ({ subject }) => subject)
      const other = runs.filter(
        (run) => String(bySubject.get(run)?.map(({ type }) => type)) !== 'run.accepted,run.finished',
      )
      expect(other.map((run) => [run, bySubject.get(run)?.map(({ type }) => type)])).toEqual([])
      expect(played.events.filter(({ type }) => type === 'run.accepted').length).toBe(runs.length)
    })
  })
