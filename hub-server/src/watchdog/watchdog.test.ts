import { fork } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { takeEnded, type Held } from './watchdog.ts'

const folder = mkdtempSync(join(tmpdir(), 'hub-watchdog-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs testing/held.ts to its end. @param flags Node's own */
const play = (what: string, holder: string, flags: string[] = []) =>
  new Promise<{ signal: string | null; said: Held[] }>((resolve) => {
    const said: Held[] = []
    const child = fork(join(import.meta.dirname, 'testing/held.ts'), [what, folder, holder], {
      execArgv: flags,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    child.on('message', (held: Held) => said.push(held))
    child.on('exit', (_code, signal) => resolve({ signal, said }))
  })

describe('the watchdog', () => {
  it('says for how long the event loop was held, and by what', async () => {
    const { signal, said } = await play('a-while', 'prc_a')
    expect(signal).toBeNull()
    expect(said).toHaveLength(1)
    expect(said[0]?.ms).toBeGreaterThan(1_000)
    expect(said[0]?.stack[0]).toContain('turnInCircles')
    expect(takeEnded(folder)).toEqual([])
  })

  it('ends a process that stands still for good, which leaves word of it', async () => {
    const { signal } = await play('for-good', 'prc_b')
    expect(signal).toBe('SIGKILL')
    expect(takeEnded(folder)).toEqual([
      { holder: 'prc_b', why: expect.stringMatching(/^it stood still for \d+ s in turnInCircles/) },
    ])
    expect(takeEnded(folder)).toEqual([])
  })

  it('has a process that runs out of memory leave word, without what its environment holds', async () => {
    const { signal } = await play('memory', 'prc_c', ['--max-old-space-size=40'])
    expect(signal).toBe('SIGABRT')
    expect(takeEnded(folder)).toEqual([{ holder: 'prc_c', why: expect.stringMatching(/heap|memory/i) }])
  })

  it('takes a note that was cut off for one, too', () => {
    writeFileSync(join(folder, 'prc_d.json'), '{"why": "it sto')
    expect(takeEnded(folder)).toEqual([{ holder: 'prc_d', why: 'what it wrote of its end cannot be read' }])
  })
})
