import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServices } from '../../hub-server/src/db/testing/services.ts'
import { forms, sideBySide, type NamedForm } from './forms.ts'
import { play, type Outcome, type Played } from './play.ts'
import { ofItem, sequencesAreWhole, summaryOf, underWay } from './compare.ts'

/** FAULTS_SEED=… repeats the faults of an earlier run, their order and their pauses (the machine's own pace not). */
const seed = Number(process.env.FAULTS_SEED ?? Math.floor(Math.random() * 1e9))
process.stderr.write(`faults: seed ${seed}\n`)

const services = await startServices()
afterAll(() => services.stop())

const isPossible = ({ onServices }: NamedForm): boolean => !onServices || (services.databaseUrl !== undefined && services.redisUrl !== undefined)

const begin = ({ form, onServices }: NamedForm): Promise<Played> => {
  const playing = play(form, onServices ? services : undefined, seed)
  // Told of where it is waited for.
  playing.catch(() => undefined)
  return playing
}
const begun = new Map(sideBySide ? forms.filter(isPossible).map((named) => [named, begin(named)]) : [])

for (const named of forms) describe.skipIf(!isPossible(named))(named.name, () => {
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

    if (what === 'verify') {
      test('every item has the result of the run without faults', () => {
        const { results, faultless } = outcome()
        const other = results.filter((result, item) => ofItem(result) !== ofItem(faultless[item]))
        expect(other.length, `e.g. ${JSON.stringify(other.slice(0, 3))}`).toBe(0)
      })

      test('no more calls are charged than at least are, but for those in flight at the kills', () => {
        const { bill, least, cutOff, work } = outcome()
        expect(bill.answered).toBeGreaterThanOrEqual(least.answered)
        expect(bill.answered - least.answered).toBeLessThanOrEqual(underWay(cutOff))
        expect(bill.credits - least.credits).toBeLessThanOrEqual(underWay(cutOff) * work.credits)
      })
    } else {
      test('no message is sent twice, and each that is done was sent', () => {
        const { messages, results, faultless, bill } = outcome()
        expect(new Set(messages).size).toBe(messages.length)
        expect(bill.answered).toBe(messages.length)
        const sent = new Set(messages)
        const unsent = results.filter(({ status }, item) => status === 'done' && !sent.has(String(faultless[item]?.outputs[0]?.email)))
        expect(unsent).toEqual([])
      })

      test('every item is done or uncertain, and no more are uncertain than were in flight', () => {
        const { results, faultless, cutOff, met } = outcome()
        const wrong = results.filter(({ status }, item) => status !== 'uncertain' && status !== faultless[item]?.status)
        expect(wrong.length, `e.g. ${JSON.stringify(wrong.slice(0, 3))}`).toBe(0)
        expect(results.filter(({ status }) => status === 'uncertain').length).toBeLessThanOrEqual(underWay(cutOff) + met)
      })
    }
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
    const other = runs.filter((run) => String(bySubject.get(run)?.map(({ type }) => type)) !== 'run.accepted,run.finished')
    expect(other.map((run) => [run, bySubject.get(run)?.map(({ type }) => type)])).toEqual([])
    expect(played.events.filter(({ type }) => type === 'run.accepted').length).toBe(runs.length)
  })
})
