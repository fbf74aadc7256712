import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

/** Processor time that a process has used since its start, in microseconds. */
export interface Cpu {
  /** Of all its threads: those that collect garbage and compile, too. */
  readonly all: number
  /** Of its main thread alone, where its own code runs. */
  readonly main: number
}

/** Exact to one tick of the kernel's clock, usually 10 ms. Linux only. */
export const cpuOf = (pid: number): Cpu => ({
  all: usedIn(`/proc/${pid}/stat`),
  main: usedIn(`/proc/${pid}/task/${pid}/stat`),
})

/**
 * The program's name stands in brackets and may hold spaces. Behind it, utime and stime are the 12th and 13th field:
 * https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
const usedIn = (file: string): number => {
  const stat = readFileSync(file, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11]) + Number(fields[12])) * 1_000_000) / ticksPerSecond
}
