import { describe, expect, it } from 'vitest'
import { createLock } from './distributed-lock.ts'

const scope = { workspace: 'w', mode: 'test' as const }
const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1))

describe('a lock on names', () => {
  it('is held by one at a time, also where each holds what the other wants', async () => {
    const lock = createLock()
    const held = new Map<string, number>()
    let most = 0
    const names = [
      ['a', 'b'],
      ['b', 'a'],
      ['b', 'c'],
      ['c', 'a'],
    ]
    const done: string[] = []
    await Promise.all(
      names.map((wanted) =>
        lock(scope, 'crm', [{ names: wanted }], soon, async () => {
          for (const name of wanted) {
            held.set(name, (held.get(name) ?? 0) + 1)
            most = Math.max(most, held.get(name) ?? 0)
          }
          await soon()
          for (const name of wanted) held.set(name, (held.get(name) ?? 0) - 1)
          done.push(wanted.join(''))
        }),
      ),
    )
    expect(most).toBe(1)
    expect(done.toSorted()).toEqual(['ab', 'ba', 'bc', 'ca'])
  })

  it('does at once what nobody holds, and the rest later', async () => {
    const lock = createLock()
    const parts: string[][] = []
    let end = (): void => undefined
    const first = lock(scope, 'crm', [{ names: ['a'] }], soon, () => new Promise<void>((resolve) => (end = resolve)))
    await soon()
    const second = lock(scope, 'crm', [{ names: ['a'] }, { names: ['b'] }], soon, (alone) => {
      parts.push(alone.flatMap((entry) => entry.names))
      if (parts.length === 1) end()
      return Promise.resolve()
    })
    await Promise.all([first, second])
    expect(parts).toEqual([['b'], ['a']])
  })

  it('is free again after work that failed', async () => {
    const lock = createLock()
    const fails = lock(scope, 'crm', [{ names: ['a'] }], soon, () => Promise.reject(new Error('no')))
    await expect(fails).rejects.toThrow('no')
    let done = false
    await lock(scope, 'crm', [{ names: ['a'] }], soon, () => {
      done = true
      return Promise.resolve()
    })
    expect(done).toBe(true)
  })
})
