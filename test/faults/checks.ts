import { expect, test } from 'vitest'
import { doublesOf, ofItem, underWay } from './compare.ts'
import type { Outcome } from './play.ts'
import type { Work } from './work.ts'

type Checks = (outcome: () => Outcome) => void

const sameResults: Checks = (outcome) => {
  test('every item has the result of the run without faults', () => {
    const { results, faultless } = outcome()
    const other = results.filter((result, item) => ofItem(result) !== ofItem(faultless[item]))
    expect(other.length, `e.g. ${JSON.stringify(other.slice(0, 3))}`).toBe(0)
  })
}

const verified: Checks = (outcome) => {
  sameResults(outcome)
  test('no more calls are charged than at least are, but for those in flight at the kills and stops', () => {
    const { bill, least, inFlight, work } = outcome()
    expect(bill.answered).toBeGreaterThanOrEqual(least.answered)
    expect(bill.answered - least.answered).toBeLessThanOrEqual(underWay(inFlight))
    expect(bill.credits - least.credits).toBeLessThanOrEqual(underWay(inFlight) * work.credits)
  })
}

const verifiedByJobs: Checks = (outcome) => {
  sameResults(outcome)
  test(
    'each job is submitted and paid once, but for those whose submission was in flight at the ' + 'kills and stops',
    () => {
      const { bill, least, inFlight, work } = outcome()
      expect(bill.credits).toBeGreaterThanOrEqual(least.credits)
      expect(bill.credits - least.credits).toBeLessThanOrEqual(underWay(inFlight) * work.credits)
    },
  )
}

const sent: Checks = (outcome) => {
  test('no message is sent twice, and each that is done was sent', () => {
    const { messages, results, faultless, bill } = outcome()
    expect(doublesOf(messages)).toEqual([])
    expect(bill.answered).toBe(messages.length)
    const there = new Set(messages)
    const unsent = results.filter(
      ({ status }, item) => status === 'done' && !there.has(String(faultless[item]?.outputs[0]?.email)),
    )
    expect(unsent).toEqual([])
  })

  test('every item is done or uncertain, and no more are uncertain than were in flight or about to leave', () => {
    const { results, faultless, inFlight, leaving, met } = outcome()
    const wrong = results.filter(({ status }, item) => status !== 'uncertain' && status !== faultless[item]?.status)
    expect(wrong.length, `e.g. ${JSON.stringify(wrong.slice(0, 3))}`).toBe(0)
    expect(results.filter(({ status }) => status === 'uncertain').length).toBeLessThanOrEqual(
      underWay(inFlight) + leaving + met,
    )
  })
}

const synced: Checks = (outcome) => {
  test('every item is done', () => {
    const open = outcome().results.filter(({ status }) => status !== 'done')
    expect(open.length, `e.g. ${JSON.stringify(open.slice(0, 3))}`).toBe(0)
  })

  test('every person is one record at the CRM, with the fields of the run without faults', () => {
    const { people, faultlessPeople, work } = outcome()
    expect(faultlessPeople.length).toBe(work.items)
    expect(doublesOf(people.map(([address]) => address))).toEqual([])
    expect(new Map(people)).toEqual(new Map(faultlessPeople))
  })
}

/** What must hold of each work, beside that every item ends once. */
export const checks: Record<Work['name'], Checks> = { verify: verified, bulk: verifiedByJobs, send: sent, sync: synced }
