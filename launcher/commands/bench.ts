import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readArguments } from '../arguments.ts'
import { dependencies } from '../build/dependencies.ts'
import { hubBuild } from '../build/hub.ts'
import { ensure } from '../build/task.ts'
import { dataFolder, inCheckout } from '../paths.ts'
import { misuse, Problem } from '../problem.ts'
import { finish, start } from '../processes.ts'
import { say } from '../screen.ts'

const options = { json: { type: 'boolean' } } as const

/** The benchmarks: the .ts files directly in bench/. What they share lies in folders below it. */
function benchmarks(): string[] {
  const notBenchmarks = /\.(test|config|d)\.ts$/
  return readdirSync(inCheckout('bench'))
    .filter((file) => file.endsWith('.ts') && !notBenchmarks.test(file))
    .map((file) => file.slice(0, -'.ts'.length))
    .sort()
}

/**
 * `./hub bench [name] [--json]`. A benchmark speaks to the user on its own; with `--json`, which is passed
 * on, its last line is a JSON object of figures. Of several benchmarks the objects are put under their names.
 */
export async function bench(args: string[], stop: AbortSignal): Promise<number> {
  const { values, positionals } = readArguments(args, options, 1)
  const all = benchmarks()
  const [name] = positionals
  if (name !== undefined && !all.includes(name))
    throw misuse(`There is no benchmark “${name}”. There are: ${all.join(', ') || 'none'}.`)
  if (all.length === 0) throw new Problem('There are no benchmarks in bench/.')
  const data = dataFolder(undefined)
  await ensure(dependencies(data.logs), stop)
  await ensure(hubBuild(data.logs), stop)
  const figures: Record<string, unknown> = {}
  for (const one of name === undefined ? all : [name]) {
    const result = await runOne(one, values.json === true ? join(data.logs, `bench-${one}.log`) : undefined, stop)
    if (result !== undefined) figures[one] = result
  }
  if (values.json) say(JSON.stringify(name === undefined ? figures : figures[name]))
  return 0
}

/** @param log where its words go instead of the screen, when its figures are wanted */
async function runOne(name: string, log: string | undefined, stop: AbortSignal): Promise<unknown> {
  const file = inCheckout('bench', `${name}.ts`)
  const args = log === undefined ? [file] : [file, '--json']
  const where = { cwd: inCheckout(), env: process.env, log: log ?? 'screen' }
  const end = await finish(start(`bench ${name}`, process.execPath, args, where), stop)
  const said = log !== undefined && existsSync(log) ? readFileSync(log, 'utf8').trimEnd() : ''
  const lines = said.split('\n')
  const last = lines.pop() ?? ''
  if (log !== undefined) say(end === '0' ? lines.join('\n') : said)
  if (end !== '0') throw new Problem(`The benchmark “${name}” failed (${end}).`)
  return log === undefined ? undefined : figuresIn(name, last)
}

function figuresIn(name: string, line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new Problem(
      `The benchmark “${name}” did not end with a line of JSON figures, but with: ${line.slice(0, 200)}`,
    )
  }
}
