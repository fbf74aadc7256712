import { afterAll, describe, expect, it } from 'vitest'
import { fixture, play } from '../testing/play.ts'
import { createFence } from '../../fence/index.ts'
import { fencedEvaluator } from './fence.ts'

const processes = createFence({ memoryMb: 64 })
const fence = fencedEvaluator(processes)
afterAll(processes.close)
const lexicon = { maps: { contact: { email: 'mail' } }, tables: { verdict: { ok: 'deliverable' } } }
const run = (source: string, root: unknown = {}, bound = {}) =>
  Promise.resolve(
    fence.compile(source, { connector: 'acme', field: 'operations.verifyEmail.read' }, lexicon).evaluate(root, bound),
  )

describe('a user’s expression', () => {
  it('sees what a built-in one sees', async () => {
    expect(
      await run(
        "{'a': $table('verdict', status), 'b': $account.key, 'c': $ours(person, 'contact'), 'd': $md5('x'), 'e': " +
          "$json('[{\"f\": 1}]').f, 'g': $json('{')}",
        { status: 'ok', person: { mail: 'm' } },
        { account: { key: 'k' } },
      ),
    ).toEqual({ a: 'deliverable', b: 'k', c: { email: 'm' }, d: '9dd4e461268c8034f5c8564e155c67a6', e: 1 })
  })

  it('that never ends is stopped, says which one it is, and holds up nobody', async () => {
    let ticks = 0
    const clock = setInterval(() => ticks++, 10)
    await expect(run('($f := function($n) { $f($n + 1) }; $f(0))')).rejects.toMatchObject({
      kind: 'bad_response',
      message:
        'Connector acme: operations.verifyEmail.read (=($f := function($n) { $f($n + 1) }; $f(0))) took longer than ' +
        '500 ms and was stopped.',
    })
    clearInterval(clock)
    // Blocked, it would have ticked once or twice.
    expect(ticks).toBeGreaterThan(10)
    expect(await run('1 + 1')).toBe(2)
  })

  it('that never ends spoils only its own', async () => {
    const all = await Promise.allSettled([
      run('1 + 1'),
      run('($f := function() { $f() }; $f())'),
      run('2 + 2'),
      run('3 + 3'),
    ])
    expect(all.map((one) => (one.status === 'fulfilled' ? one.value : 'stopped'))).toEqual([2, 'stopped', 4, 6])
  })

  it('that eats memory is stopped', async () => {
    await expect(run('$count([1..9999999].($*2))')).rejects.toMatchObject({
      kind: 'bad_response',
      message: expect.stringMatching(/and was stopped/) as string,
    })
    await expect(run('$map([1..3000000], function($n) { [$n, $string($n)] })')).rejects.toMatchObject({
      kind: 'bad_response',
    })
    expect(await run('1 + 1')).toBe(2)
  })

  it('cannot reach out of its data', async () => {
    for (const source of [
      '$.constructor',
      '"".constructor.constructor("return process")()',
      '$string.constructor',
      '{"a": 1}.__proto__',
    ]) {
      const outcome = await run(source).catch(() => 'refused')
      expect(['refused', undefined]).toContain(outcome)
    }
  })

  it('works as a whole connector', async () => {
    const connector = await fixture('batch-any-order', fence)
    const { answers } = await play(
      connector,
      'verifyEmail',
      [{ email: 'a@x.example' }, { email: 'b@x.example' }],
      () => ({
        json: {
          email_batch: [
            { address: 'b@x.example', status: 'invalid' },
            { address: 'a@x.example', status: 'valid' },
          ],
        },
      }),
    )
    expect(answers.map((answer) => answer.outputs)).toEqual([
      [{ status: 'deliverable' }],
      [{ status: 'undeliverable' }],
    ])
  })
})
