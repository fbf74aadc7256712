import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { dataFolder } from '../paths.ts'
import { commandLine } from './command-line.ts'
import type { Run, Summary } from './contract.ts'
import { costText, cures, endText, pausedText, stoppedText } from './ending.ts'
import { estimateText } from './estimate.ts'
import { Pace, progressOn, progressText } from './progress.ts'
import { reportText } from './report.ts'
import { freeName } from './result-file.ts'
import { hashOf, runKey } from './run-key.ts'
import { count, money, size, span } from './words.ts'

const folder = mkdtempSync(join(tmpdir(), 'hub-parts-'))
afterAll(() => rmSync(folder, { recursive: true }))

const never = new AbortController().signal

function runOf(items: Partial<Run['items']>, more: Partial<Run> = {}): Run {
  return {
    id: 'run_1',
    block: 'verify-email',
    mode: 'live',
    status: 'running',
    items: { total: 10_000, done: 0, pending: 0, skipped: 0, failed: 0, uncertain: 0, ...items },
    usage: { calls: 0, cached: 0, price: 1_230_000, credits: 0 },
    createdAt: '2026-11-20T10:00:00Z',
    ...more,
  }
}

test('money, spans, sizes and counts are as people write them', () => {
  expect([0, 400, 9_999, 10_000, 1_234_567_000_000].map(money)).toEqual([
    '$0.00',
    '$0.0004',
    '$0.009999',
    '$0.01',
    '$1,234,567.00',
  ])
  expect([0.2, 89, 90, 3600, 12_000, 400_000].map(span)).toEqual([
    '1 s',
    '89 s',
    '2 min',
    '60 min',
    '3 h 20 min',
    '5 days',
  ])
  expect([12, 8_120, 1_400_000_000].map(size)).toEqual(['12 bytes', '8.1 KB', '1.4 GB'])
  expect(count(12345.6)).toBe('12,346')
})

test('the line of progress says how far it is, how fast, what it cost and what is left', () => {
  const half = runOf({ done: 4100, failed: 100, pending: 5800 })
  expect(progressText(half, 35)).toBe(
    '████████░░░░░░░░░░░░  42%  35/s  4,100 of 10,000 done  100 failed  $1.23 spent  3 min left',
  )
  expect(progressText(runOf({ done: 9_999, skipped: 0, pending: 1 }), undefined)).toContain('99%')
  expect(progressText(runOf({ done: 9_990, skipped: 7, uncertain: 3 }), 0)).toBe(
    '████████████████████  100%  9,990 of 10,000 done  7 skipped  0 failed  3 uncertain  $1.23 spent',
  )
  expect(progressText(runOf({ total: 0 }), undefined)).toContain('100%')
})

test('the pace is that of the last half minute, and unknown at first', () => {
  const pace = new Pace()
  pace.note(runOf({ done: 5000 }), 0)
  expect(pace.rate).toBeUndefined()
  pace.note(runOf({ done: 5010 }), 1000)
  expect(pace.rate).toBe(10)
  for (let second = 2; second <= 100; second++) pace.note(runOf({ done: 5010 + second }), second * 1000)
  expect(pace.rate).toBe(1)
})

test('a terminal has one line redrawn within its width; elsewhere a line comes every five seconds', () => {
  const shownOn = (screen: { isTTY?: boolean; columns?: number }): string[] => {
    const written: string[] = []
    const progress = progressOn({ ...screen, write: (text) => written.push(text) })
    for (let at = 0; at <= 10_000; at += 1000) progress.show(runOf({ done: at }), at)
    progress.end()
    return written
  }
  const terminal = shownOn({ isTTY: true, columns: 30 })
  expect(terminal).toHaveLength(12)
  expect(terminal[0]).toMatch(/^\r\u001b\[2K░+  0%/)
  expect(Math.max(...terminal.map((text) => text.replace('\r\u001b[2K', '').length))).toBe(29)
  expect(terminal.at(-1)).toBe('\n')
  const plain = shownOn({})
  expect(plain.map((line) => /\d+%/.exec(line)?.[0])).toEqual(['0%', '50%', '100%'])
})

test('the hash is that of the content and of what is to be done, not of names, order or money', async () => {
  const write = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  }
  const one = {
    path: write('a.csv', 'email\na'),
    block: 'verify-email',
    options: { b: 1, a: 2 },
    map: { email: 'E', name: 'N' },
    mode: 'test' as const,
  }
  const hash = await hashOf(one, never)
  expect(
    await hashOf(
      { ...one, path: write('b.csv', 'email\na'), options: { a: 2, b: 1 }, map: { name: 'N', email: 'E' } },
      never,
    ),
  ).toBe(hash)
  const others = [
    { path: write('c.csv', 'email\nb') },
    { block: 'score-lead' },
    { options: { a: 2 } },
    { map: { email: 'N', name: 'E' } },
    { mode: 'live' as const },
  ]
  const hashes = await Promise.all(others.map((other) => hashOf({ ...one, ...other }, never)))
  expect(new Set([hash, ...hashes]).size).toBe(6)
})

test('--again makes a key of its own, and it stays', () => {
  const data = dataFolder(folder)
  const first = runKey(data, 'abc', false)
  expect(runKey(data, 'abc', false)).toBe(first)
  const again = runKey(data, 'abc', true)
  expect(again).not.toBe(first)
  expect(runKey(data, 'abc', false)).toBe(again)
  expect(runKey(data, 'abc', true)).not.toBe(again)
  expect(readFileSync(join(folder, 'run-keys', 'abc'), 'utf8')).toHaveLength(36)
})

test('results stand beside their list and take no other file’s name', () => {
  const taken = new Set(['lists/my.leads.results.csv', 'lists/my.leads.results-2.csv'])
  expect(freeName({ path: 'lists/my.leads.csv', type: 'csv' }, (path) => taken.has(path))).toBe(
    'lists/my.leads.results-3.csv',
  )
  expect(freeName({ path: 'leads.ndjson', type: 'jsonl' }, () => false)).toBe('leads.results.jsonl')
})

test('a command line can be typed again, with other options', () => {
  const args = [
    'verify-email',
    "Bob's leads.csv",
    '--budget=5',
    '--map',
    'email=E Mail',
    '--again',
    '--budget',
    '6',
    '--live',
  ]
  expect(commandLine('run', args, { again: undefined, budget: '10' })).toBe(
    `./hub run verify-email 'Bob'\\''s leads.csv' --map 'email=E Mail' --live --budget 10`,
  )
  expect(commandLine('run', ['a', '--estimate', 'b.csv'], { estimate: undefined })).toBe('./hub run a b.csv')
})

test('a pause says why, what to do, and how it goes on: with more money only where money is missing', () => {
  const error = {
    kind: 'quota_exceeded' as const,
    message: 'Hunter has no credits left.',
    advice: 'Top up at Hunter.',
  }
  const again = (budget: number | undefined): string => `go on with ${budget}`
  const paused = runOf({ pending: 1200 }, { status: 'paused', error })
  expect(pausedText(paused, again)).toBe(
    'Paused: Hunter has no credits left. Top up at Hunter.\n1,200 of 10,000 items are still to do; $1.23 is spent. ' +
      'Nothing is lost and nothing is paid twice.\nThe same command goes on:\ngo on with undefined',
  )
  const broke: Run = { ...paused, error: { ...error, kind: 'over_budget' } }
  expect(pausedText({ ...broke, budget: 0.15 }, again)).toContain('go on with 2.46')
  expect(pausedText({ ...broke, budget: 5 }, again)).toContain('go on with 10')
})

test('an estimate of a sample says so, and counts the rare reasons', () => {
  const reasons = Array.from({ length: 10 }, (_, at) => ({
    reason: `reason ${at}`,
    advice: `cure ${at}`,
    items: 20 - at,
    first: at,
  }))
  const of: Parameters<typeof estimateText>[0] = {
    items: { total: 48_000, looked: 1000, unable: 155 },
    reasons,
    calls: { low: 5, likely: 5, high: 5 },
    price: { low: 0, likely: 0, high: 0 },
    cached: 0,
    seconds: 700,
    providers: [],
  }
  expect(estimateText(of, 'test')).toContain('Price: $0.00 (made up: test mode).')
  expect(estimateText(of, 'live').split('\n').slice(15)).toEqual([
    '  13 × reason 7 (the first is item 8)',
    '      cure 7',
    '  23 for 2 other reasons',
    'Calls to services: 5.',
    'Price: $0.00.',
    'Time: about 12 min.',
    'Looked at 1,000 of 48,000 items; the figures are scaled up.',
  ])
})

test('a report of several lines has a total', () => {
  const row = { calls: 1000, items: 10, hits: 5, misses: 5, cached: 1, price: 2_500_000, seconds: 100 }
  const days = [
    { ...row, day: '2026-11-01' },
    { ...row, day: '2026-11-02' },
  ]
  expect(reportText(days, 'day', 'test')).toMatch(/Price \(made up\)[^]*nothing was paid\.$/)
  expect(
    reportText(days, 'day', 'live')
      .split('\n')
      .map((line) => line.replace(/ +/g, ' ')),
  ).toEqual([
    'Day Calls Items Hits Misses Cached Price Waiting',
    '────────── ───── ───── ──── ────── ────── ───── ───────',
    '2026-11-01 1,000 10 5 5 1 $2.50 2 min',
    '2026-11-02 1,000 10 5 5 1 $2.50 2 min',
    'Total 2,000 20 10 10 2 $5.00 3 min',
  ])
})

const nothing: Summary = { outputs: 0, empty: 0, reasons: [] }
const summaryOf = (more: Partial<Summary>): Summary => ({ ...nothing, ...more })

test('the last line tells what was found, what was skipped and why', () => {
  const verdicts = [
    ['deliverable', 3900],
    ['risky', 700],
    ['undeliverable', 500],
  ] as const
  const noAddress = {
    status: 'skipped',
    reason: 'There is no e-mail address to verify.',
    advice: 'Fill it in.',
    items: 900,
    first: 4,
  } as const
  const summary = summaryOf({
    outputs: 5100,
    counted: { field: 'verdict', values: verdicts.map(([value, outputs]) => ({ value, outputs })) },
    reasons: [noAddress],
  })
  const run = runOf({ total: 6000, done: 5100, skipped: 900 })
  expect(endText(run, summary)).toBe(
    'Done: 6,000 items: 5,100 done (3,900 deliverable, 700 risky, 500 undeliverable), 900 skipped: There is no ' +
      'e-mail address to verify.',
  )
  expect(cures(summary)).toEqual(['900 items (the first is item 5): There is no e-mail address to verify. Fill it in.'])
})

test(
  'of several reasons the most frequent are named, and where an item may give several results these ' + 'are counted',
  () => {
    const reasons = ['a.', 'b.', 'c.', 'd.'].map((reason, at) => ({
      status: 'failed' as const,
      reason,
      items: 4 - at,
      first: at,
    }))
    const summary = summaryOf({ outputs: 36, empty: 2, reasons })
    expect(endText(runOf({ total: 22, done: 12, failed: 10 }), summary)).toBe(
      'Done: 22 items: 12 done (36 results, 2 without a result), 10 failed: 4 × a; 3 × b; 2 × c; 1 other reason.',
    )
    expect(endText(runOf({ total: 1, done: 1 }), summaryOf({ outputs: 1 }))).toBe('Done: 1 item: 1 done.')
  },
)

test('a run that was stopped says how many items were not asked', () => {
  expect(stoppedText(runOf({ total: 6000, done: 1500, skipped: 93, pending: 4407 }))).toBe(
    'Stopped: 4,407 of 6,000 items not asked yet; run the same command again to go on.',
  )
})

test('money of mode test is always said to be made up', () => {
  const run = runOf({ done: 5000, pending: 5000 }, { mode: 'test', status: 'paused' })
  expect(costText(run)).toBe('Cost: $1.23 (made up: test mode) for 0 calls.')
  expect(progressText(run, undefined)).toContain('$1.23 made up')
  expect(pausedText(run, () => '')).toContain('$1.23 (made up: test mode) is spent')
  expect(costText({ ...run, mode: 'live' })).toBe('Cost: $1.23 for 0 calls.')
})
