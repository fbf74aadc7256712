import { beforeAll, describe, expect, test } from 'vitest'
import { randomFrom } from '../hub/random.ts'
import { differing, ofItem, unasked } from './compare.ts'
import { form } from './forms.ts'
import { play, type Outcome, type Played } from './play.ts'
import { summaryOf } from './summary.ts'
import { works } from './work.ts'

/** STOPS_SEED=… repeats the moments of an earlier run (the machine's own pace not). */
const seed = Number(process.env.STOPS_SEED ?? Math.floor(Math.random() * 1e9))
process.stderr.write(`stops: seed ${seed}\n`)

describe(`lists of ${form.items} that are stopped at ${form.moments} moments (seed ${seed})`, () => {
  let played: Played
  beforeAll(async () => {
    played = await play(form, randomFrom(seed), (line) => void process.stderr.write(`stops: ${line}\n`))
    process.stderr.write(summaryOf(played))
  }, 3_600_000)

  test('who presses Ctrl-C is told how it goes on, and hears of no end', () => {
    // Ctrl-C may come as a list has just come to its end: then that is told, of all items.
    const wasOver = (said: string): boolean => said.includes(`\nDone: ${form.items} items`)
    const told = played.interrupted.filter(({ code, said }) => !((code === 0 || code === 3) && wasOver(said)))
    expect(told.filter(({ code }) => code !== 2 && code !== 130)).toEqual([])
    expect(played.doneTooEarly).toEqual([])
  })

  describe.each(works)('$block', (work) => {
    const outcome = (): Outcome => played.outcomes.get(work) ?? expect.fail('it was not played')
    const isUncertain = (item: number) => outcome().results[item]?.status === 'uncertain'

    test('./hub run ends well', () => {
      const { code, said, run } = outcome()
      // 3: it is over, and of a message that was on its way at a kill nobody knows whether it left.
      expect(code, said).toBe(run.items.uncertain > 0 ? 3 : 0)
      expect(run).toMatchObject({ status: 'done', items: { total: form.items, pending: 0 } })
    })

    test('each item has the result of a run that nobody stopped', () => {
      const { results, undisturbed, inFlight } = outcome()
      // Of a message that was on its way when its hub was killed nobody knows whether it left.
      const other = differing(results, undisturbed).filter(
        (item) => work.block !== 'send-message' || !isUncertain(item),
      )
      const shown = other.slice(0, 3).map((item) => [ofItem(results[item]), ofItem(undisturbed[item])])
      expect(other.length, `e.g. ${JSON.stringify(shown)}`).toBe(0)
      expect(results.filter((_, item) => isUncertain(item)).length).toBeLessThanOrEqual(
        work.block === 'send-message' ? inFlight + played.leaving : 0,
      )
    })

    test('no answer says that it was not asked', () => {
      expect(unasked(outcome().results).slice(0, 3)).toEqual([])
    })

    // Nobody is paid for websites.
    if (work.service) {
      const { most } = work.service
      test('nothing is paid twice, but for what was in flight at a kill', () => {
        const { count, least, inFlight } = outcome()
        if (work.block !== 'send-message') expect(count).toBeGreaterThanOrEqual(least)
        expect(count - least).toBeLessThanOrEqual(inFlight * most)
      })
    }
  })

  test('no message went out twice, and each that is done went out', () => {
    expect(new Set(played.messages).size).toBe(played.messages.length)
    const { results, undisturbed } =
      [...played.outcomes].find(([{ block }]) => block === 'send-message')?.[1] ?? expect.fail('no messages')
    const there = new Set(played.messages)
    const unsent = results.filter(
      ({ status }, item) => status === 'done' && !there.has(String(undisturbed[item]?.outputs[0]?.email)),
    )
    expect(unsent).toEqual([])
  })

  test('each person is one record at the CRM, with the fields of a run that nobody stopped', () => {
    const byAddress = (records: readonly Record<string, unknown>[]) =>
      records.map((fields) => JSON.stringify(Object.entries(fields).sort())).sort()
    expect(played.records.undisturbed.length).toBe(form.items)
    expect(byAddress(played.records.contacts)).toEqual(byAddress(played.records.undisturbed))
  })
})
