import type { Plan } from './faults.ts'
import type { Form } from './play.ts'
import { bulk, send, sync, verify } from './work.ts'

export interface NamedForm {
  readonly name: string
  readonly form: Form
  /** On Postgres and Redis; else PGlite in the one process. */
  readonly onServices: boolean
  /** Faults that must have happened. */
  readonly least: number
}

const shortKinds: Plan['kinds'] = [
  'kill a worker',
  'stop a worker for 21 s',
  'kill the api',
  'empty Redis',
  'stop and start Redis',
  'restart Postgres',
  'take a vendor down',
  'step a clock',
]
const everyKind: Plan['kinds'] = [...shortKinds, 'stop the api for 21 s']
const ofOneProcess: Plan['kinds'] = ['kill a worker', 'stop a worker for 21 s']

const short: readonly NamedForm[] = [
  {
    name: 'two workers on Postgres and Redis',
    form: {
      works: [verify(800, 40), send(400, 20), bulk(1000, 10), sync('pipedrive', 200, 20)],
      plan: { kinds: shortKinds, count: 16, pauseMs: [300, 1_700] },
    },
    onServices: true,
    least: 16,
  },
  {
    name: 'one process on PGlite',
    form: {
      works: [verify(400, 40), send(200, 20), bulk(500, 10), sync('hubspot', 300, 1)],
      plan: { kinds: ofOneProcess, count: 4, pauseMs: [500, 2_500] },
    },
    onServices: false,
    least: 4,
  },
]

/** Five minutes or more each: 20,000 items at 60 a second, or what takes as long. */
const long: readonly NamedForm[] = [
  [verify(20_000, 60)],
  [send(20_000, 60)],
  [bulk(15_000, 10), sync('pipedrive', 6000, 40)],
  [bulk(15_000, 10), sync('hubspot', 10_000, 1)],
].flatMap((works) => [
  {
    name: `${works.map(({ name }) => name).join(' and ')}: two workers on Postgres and Redis`,
    form: { works, plan: { kinds: everyKind, count: 80, pauseMs: [1_500, 5_500] } },
    onServices: true,
    least: 50,
  },
  {
    name: `${works.map(({ name }) => name).join(' and ')}: one process on PGlite`,
    form: { works, plan: { kinds: ofOneProcess, count: 55, pauseMs: [3_000, 8_000] } },
    onServices: false,
    least: 50,
  },
])

/** FAULTS_FORM=<n>: that one of the long plays alone. */
const one = process.env.FAULTS_FORM
const chosen = one === undefined ? long : long.slice(Number(one), Number(one) + 1)

/** FAULTS_LONG=yes: the long ones, one after the other; else the short ones side by side, in which most is waiting. */
export const sideBySide = process.env.FAULTS_LONG !== 'yes'
export const forms = sideBySide ? short : chosen
