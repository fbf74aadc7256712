import type { Plan } from './faults.ts'
import type { Form } from './play.ts'
import { send, verify } from './work.ts'

export interface NamedForm {
  readonly name: string
  readonly form: Form
  /** On Postgres and Redis; else PGlite in the one process. */
  readonly onServices: boolean
  /** Faults that must have happened. */
  readonly least: number
}

const everyKind: Plan['kinds'] = ['kill a worker', 'kill the api', 'empty Redis', 'stop and start Redis', 'restart Postgres', 'take a vendor down', 'step a clock']
const kills: Plan['kinds'] = ['kill a worker']

const short: readonly NamedForm[] = [
  { name: 'two workers on Postgres and Redis', form: { works: [verify(1000, 40), send(500, 20)], plan: { kinds: everyKind, count: 14, pauseMs: [300, 1_700] } }, onServices: true, least: 14 },
  { name: 'one process on PGlite', form: { works: [verify(400, 40), send(200, 20)], plan: { kinds: kills, count: 4, pauseMs: [500, 2_500] } }, onServices: false, least: 4 },
]

/** Five minutes or more each: 20,000 items at 60 a second. */
const long: readonly NamedForm[] = [verify(20_000, 60), send(20_000, 60)].flatMap((work) => [
    { name: `${work.name}: two workers on Postgres and Redis`, form: { works: [work], plan: { kinds: everyKind, count: 80, pauseMs: [1_500, 5_500] } }, onServices: true, least: 50 },
    { name: `${work.name}: one process on PGlite`, form: { works: [work], plan: { kinds: kills, count: 55, pauseMs: [3_000, 8_000] } }, onServices: false, least: 50 },
  ])

/** FAULTS_LONG=yes: the whole of it, some half an hour, one play after the other; else short ones side by side, in which most is waiting. */
export const sideBySide = process.env.FAULTS_LONG !== 'yes'
export const forms = sideBySide ? short : long
