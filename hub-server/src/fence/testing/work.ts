// What the fence is tested with.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const add = ({ numbers }: { numbers: number[] }) => ({
  sum: numbers.reduce((sum, number) => sum + number, 0),
  pid: process.pid,
})

export const never = (_: null): never => {
  for (;;);
}

export const fill = (_: null): never => {
  const kept: unknown[] = []
  for (;;) kept.push(Array.from({ length: 1_000 }, (_each, n) => ({ n })))
}

export const tellMuch = (_: null): string => 'x'.repeat(5_000_000)

export const fail = (_: null): never => {
  throw new Error('no such luck')
}

export const writeFile = (_: null): void => writeFileSync(join(tmpdir(), 'hub-fence-wrote'), '')

export const startProgram = (_: null): string => execFileSync('true', { encoding: 'utf8' })

export const environment = (_: null): string[] => Object.keys(process.env)
