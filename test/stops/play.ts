import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Run } from '../../hub-server/src/contracts/run.ts'
import type { CutOff } from '../../hub-server/src/sandbox/vendors/cut-off.ts'
import { freeze, readMs, type Frozen } from '../hub/freeze.ts'
import { freePort } from '../../hub-server/src/db/testing/free-port.ts'
import { launchHub, newFolder, startHub, type Hub } from '../hub/hub-process.ts'
import { copyWithoutLimits, startSandboxProcess, type SandboxProcess } from '../hub/sandbox-process.ts'
import { workSeconds, type Form } from './forms.ts'
import { hubRun, type Command } from './launcher.ts'
import { ask, countOf, isOpen, recordsOf, resultsOf, runsOf, settled, type ItemResult } from './reading.ts'
import { works, type Service, type Work } from './work.ts'

/** What became of one block's list. */
export interface Outcome {
  readonly results: readonly ItemResult[]
  /** Those of a run that nobody stopped. */
  readonly undisturbed: readonly ItemResult[]
  readonly run: Run
  readonly count: number
  readonly least: number
  /** Calls that were in flight when a hub was killed, as the service saw it. */
  readonly inFlight: number
  /** What `./hub run` ended with once it was let through, and its exit code. */
  readonly said: string
  readonly code: number | null
}

export interface Played {
  readonly outcomes: ReadonlyMap<Work, Outcome>
  /** kind of stop → how often. */
  readonly stops: ReadonlyMap<Kind, number>
  /** How `./hub run` ended when it was interrupted. */
  readonly interrupted: readonly { readonly code: number | null; readonly said: string }[]
  /** Runs that said that they were done though they were stopped with items open. */
  readonly doneTooEarly: readonly Run[]
  readonly records: {
    readonly contacts: readonly Record<string, unknown>[]
    readonly undisturbed: readonly Record<string, unknown>[]
  }
  /** To whom messages went. */
  readonly messages: readonly string[]
  /** Messages that were about to leave when a hub was killed. */
  readonly leaving: number
  readonly seconds: number
}

const kinds = ['interrupt', 'kill', 'cancel'] as const
export type Kind = (typeof kinds)[number]

const latencyMs = 250
/** Of the kills, how many come while the hub is still starting. */
const whileStarting = 0.2

/** The lists on a hub that nobody stops. */
const undisturbed = async (form: Form, world: SandboxProcess): Promise<Map<Work, ItemResult[]>> => {
  const hub = await startHub({ env: envOf(world) })
  for (const { service } of works) if (service) await connect(hub, service, { calls: 1000, per: '1s' })
  const runs: [Work, string][] = []
  for (const work of works) {
    const items = work.items(form.items, world.sandbox)
    const { run } = await ask<{ run: Run }>(hub, 'POST', '/v1/runs', {
      block: work.block,
      options: typed(work.options),
      items,
    })
    runs.push([work, run.id])
  }
  const results = new Map<Work, ItemResult[]>()
  for (const [work, run] of runs) {
    await settled(hub, run)
    results.set(work, await resultsOf(hub, run))
  }
  await hub.stop()
  return results
}

const envOf = ({ url }: SandboxProcess): Record<string, string> => ({ SANDBOX_URL: url, LOG_LEVEL: 'warn' })

/** Options of the command line, as REST takes them. */
const typed = (options: Readonly<Record<string, string>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => {
      if (name === 'providers' || name === 'want') return [name, value.split(',')]
      return [name, /^\d+$/.test(value) ? Number(value) : value]
    }),
  )

/**
 * Stops the lists again and again, and lets them end.
 * @param tell hears how far it is
 */
export const play = async (form: Form, random: () => number, tell: (line: string) => void): Promise<Played> => {
  const connectors = newFolder()
  copyWithoutLimits(connectors)
  const world = await startSandboxProcess(connectors)
  const data = newFolder()
  const port = await freePort()
  const files = newFolder()
  try {
    const reference = await undisturbed(form, world)
    tell('the lists have run undisturbed')
    const least = await countsOf(world)
    const contacts = await recordsOf(world, 'hubspot', 'contact')
    // Their calls and messages are not those of the lists that are stopped.
    await world.control('POST', 'reset')
    await world.control('POST', 'latency', { ms: latencyMs })
    const began = performance.now()
    const commands = new Map(
      works.map((work): [Work, Command] => [work, commandOf(work, form, world, files, { data, port })]),
    )
    const stage: Stage = {
      form,
      world,
      data,
      port,
      commands,
      random,
      stops: new Map(),
      inFlight: new Map(),
      leaving: 0,
      interrupted: [],
      doneTooEarly: [],
    }
    await begin(stage)
    tell('they are begun')
    for (let moment = 0; moment < form.moments; moment++) {
      const kind = kinds[moment % kinds.length] ?? 'kill'
      await meet(stage, kind, moment)
      tell(`${moment + 1} of ${form.moments}: ${kind}`)
    }
    const outcomes = await finish(stage, reference, least)
    const messages = (await recordsOf(world, 'sendgrid', 'message')).map(({ to }) => String(to))
    const { stops, interrupted, doneTooEarly, leaving } = stage
    const records = { contacts: await recordsOf(world, 'hubspot', 'contact'), undisturbed: contacts }
    return {
      outcomes,
      stops,
      interrupted,
      doneTooEarly,
      records,
      messages,
      leaving,
      seconds: Math.round((performance.now() - began) / 1000),
    }
  } finally {
    await world.stop()
    for (const folder of [connectors, data, files]) rmSync(folder, { recursive: true, force: true })
  }
}

interface Stage {
  readonly form: Form
  readonly world: SandboxProcess
  readonly data: string
  readonly port: number
  readonly commands: ReadonlyMap<Work, Command>
  readonly random: () => number
  readonly stops: Map<Kind, number>
  /** connector → calls */
  readonly inFlight: Map<string, number>
  /** Messages that were about to leave when a hub was killed. */
  leaving: number
  readonly interrupted: { readonly code: number | null; readonly said: string }[]
  readonly doneTooEarly: Run[]
}

const commandOf = (
  { block, options, items }: Work,
  form: Form,
  world: SandboxProcess,
  folder: string,
  place: Pick<Command, 'data' | 'port'>,
): Command => {
  const file = join(folder, `${block}.jsonl`)
  writeFileSync(
    file,
    items(form.items, world.sandbox)
      .map((item) => `${JSON.stringify(item)}\n`)
      .join(''),
  )
  return { block, options, file, env: envOf(world), ...place }
}

const countsOf = async (world: SandboxProcess): Promise<Map<Work, number>> => {
  const counts = new Map<Work, number>()
  for (const work of works) if (work.service) counts.set(work, await countOf(world, work.service))
  return counts
}

const direct = ({ data, port, world }: Stage) => launchHub({ data, port, env: envOf(world) })

/** An account of its own at the service, with these limits in place of the vendor's. */
const connect = async (hub: Hub, { connector, key }: Service, limit: { calls: number; per: string }): Promise<void> => {
  const fields = { [key]: `stops-${connector}` }
  await ask(hub, 'POST', '/v1/connections', { connector, fields, limits: [limit] })
}

/** Accounts with limits that make the work last, and each list sent by its own `./hub run`, which is left at once. */
const begin = async (stage: Stage): Promise<void> => {
  const hub = await (await direct(stage)).ready
  const calls = (batch: number) => stage.form.items / batch / workSeconds(stage.form)
  for (const { service } of works) {
    if (!service) continue
    const rate = calls(service.batch)
    const limit = rate >= 1 ? { calls: Math.ceil(rate), per: '1s' } : { calls: 1, per: `${Math.floor(1000 / rate)}ms` }
    await connect(hub, service, limit)
  }
  for (const command of stage.commands.values()) {
    const running = hubRun(command)
    while (!(await runsOf(hub)).some(({ block }) => block === command.block))
      await Promise.race([pause(50), failing(running.ended)])
    running.interrupt()
    stage.interrupted.push(await running.ended)
  }
  await hub.stop()
}

/** @throws what it said, should it end */
const failing = async (ended: Promise<{ said: string }>): Promise<never> => {
  throw new Error(`./hub run ended by itself: ${(await ended).said}`)
}

/** One stop of everything, at a random moment. The next one begins with going on. */
const meet = async (stage: Stage, kind: Kind, moment: number): Promise<void> => {
  const { random, form, stops } = stage
  const when = random() * form.longestMs
  const isEarly = random() < whileStarting
  if (kind === 'interrupt') await interrupt(stage, when, moment)
  else if (kind === 'kill') await kill(stage, when, isEarly)
  else await cancel(stage, when)
  stops.set(kind, (stops.get(kind) ?? 0) + 1)
}

/** Ctrl-C on a `./hub run` that has started the hub by itself: all lists stop with it. */
const interrupt = async (stage: Stage, when: number, moment: number): Promise<void> => {
  const works = [...stage.commands.values()]
  const running = hubRun(works[Math.floor(moment / kinds.length) % works.length] ?? expectCommand())
  const ended = running.ended.then(() => true)
  while (!(await answers(stage.port))) if (await Promise.race([ended, pause(50)])) break
  await Promise.race([ended, pause(when)])
  running.interrupt()
  stage.interrupted.push(await running.ended)
}

const expectCommand = (): never => {
  throw new Error('there are no lists')
}

const answers = async (port: number): Promise<boolean> => {
  try {
    return (await fetch(`http://127.0.0.1:${port}/health`)).ok
  } catch (thrown) {
    if (thrown instanceof TypeError) return false
    throw thrown
  }
}

const kill = async (stage: Stage, when: number, isEarly: boolean): Promise<void> => {
  const starting = await direct(stage)
  if (!isEarly) await noticing(stage, await starting.ready)
  await pause(when)
  const frozen = await freeze(starting.pid, stage.port)
  await starting.kill()
  await countInFlight(stage, frozen)
}

const countInFlight = async (stage: Stage, { query, leadMs }: Frozen): Promise<void> => {
  const { world, inFlight } = stage
  await pause(readMs)
  const found = (await world.control('GET', `cut-offs?${query}`)) as Record<string, CutOff>
  // A message may stand there as begun, and be about to leave.
  stage.leaving += Math.ceil((leadMs / 1000) * (stage.form.items / workSeconds(stage.form)))
  for (const [connector, { unanswered, justAnswered }] of Object.entries(found))
    inFlight.set(connector, (inFlight.get(connector) ?? 0) + unanswered + justAnswered)
}

/** Each list is cancelled and taken up again; the hub is stopped in good order, as `./hub up` is by Ctrl-C. */
const cancel = async (stage: Stage, when: number): Promise<void> => {
  const hub = await (await direct(stage)).ready
  await noticing(stage, hub)
  await pause(when)
  const open = (await runsOf(hub)).filter(isOpen)
  for (const { id } of open) await ask(hub, 'POST', `/v1/runs/${id}/cancel`)
  await pause(stage.random() * 500)
  for (const { id } of open) await ask(hub, 'POST', `/v1/runs/${id}/retry`)
  await pause(stage.random() * 500)
  await hub.stop()
}

/** A run that was stopped in its middle goes on: it must not say that it is done while answers are missing. */
const noticing = async ({ doneTooEarly }: Stage, hub: Hub): Promise<void> => {
  for (const run of await runsOf(hub)) if (run.status === 'done' && run.items.pending > 0) doneTooEarly.push(run)
}

/** Nobody stops any more: each `./hub run` looks after its list until it is done. */
const finish = async (
  stage: Stage,
  reference: Map<Work, ItemResult[]>,
  least: Map<Work, number>,
): Promise<Map<Work, Outcome>> => {
  const hub = await (await direct(stage)).ready
  const ends = [...stage.commands].map(([work, command]) => ({ work, ended: hubRun(command).ended }))
  const outcomes = new Map<Work, Outcome>()
  for (const { work, ended } of ends) {
    const { code, said } = await ended
    const [run] = (await runsOf(hub)).filter(({ block }) => block === work.block)
    if (!run) throw new Error(`the hub has no run of ${work.block}: ${said}`)
    outcomes.set(work, {
      results: await resultsOf(hub, run.id),
      undisturbed: reference.get(work) ?? [],
      run,
      count: work.service ? await countOf(stage.world, work.service) : 0,
      least: least.get(work) ?? 0,
      inFlight: stage.inFlight.get(work.service?.connector ?? '') ?? 0,
      said,
      code,
    })
  }
  await hub.stop()
  return outcomes
}
