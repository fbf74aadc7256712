import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { finish, start, stopEverything, work } from './processes.ts'
import { until } from './waiting.ts'

let folder = ''
let log = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hub-processes-'))
  log = join(folder, 'log')
})
afterEach(async () => {
  await stopEverything()
  rmSync(folder, { recursive: true })
})

const never = new AbortController().signal
const shell = (script: string) => start('it', 'sh', ['-c', script], { cwd: folder, env: process.env, log })

/** Whether a process runs; one that has ended but was not yet collected (a zombie) does not. */
function runs(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

const patience = { expectation: 'nothing', within: 10, stop: never }
const firstPid = (): Promise<number> =>
  until(async () => Number(readFileSync(log, 'utf8').split('\n')[0]) || undefined, patience)

test('ends a grandchild that outlives its parent', async () => {
  const running = shell('sleep 1000 & echo $!')
  const grandchild = await firstPid()
  await running.ended
  expect(runs(grandchild)).toBe(true)
  await running.stop()
  expect(runs(grandchild)).toBe(false)
})

test('ends a grandchild that takes no notice of SIGTERM', async () => {
  const running = shell(`sh -c 'trap "" TERM; echo $$; while :; do sleep 1; done' & wait`)
  const stubborn = await firstPid()
  await running.stop()
  await until(async () => (runs(stubborn) ? undefined : true), patience)
})

test('lets a program end in its own time', async () => {
  const running = shell('trap "sleep 0.5; echo good-bye; exit 0" TERM; echo $$; while :; do sleep 0.1; done')
  await firstPid()
  await running.stop()
  expect(running.end).toBe('0')
  expect(readFileSync(log, 'utf8')).toContain('good-bye')
})

test('stops a program and says so when the launcher is asked to stop', async () => {
  const stop = new AbortController()
  const running = shell('echo $$; sleep 1000')
  const pid = await firstPid()
  stop.abort()
  await expect(finish(running, stop.signal)).rejects.toThrow('Stopped')
  expect(runs(pid)).toBe(false)
})

test('a failed build shows the end of its log and where the rest is', async () => {
  const failing = work(
    'Building',
    'sh',
    ['-c', 'echo the reason; exit 3'],
    { cwd: folder, env: process.env, log },
    never,
  )
  await expect(failing).rejects.toThrow(/Building failed \(3\)[^]*the reason[^]*log/)
})

test('a program that does not exist is a failure with its name', async () => {
  const failing = work('Building', 'no-such-program', [], { cwd: folder, env: process.env, log }, never)
  await expect(failing).rejects.toThrow('no-such-program')
})
