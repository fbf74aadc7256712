import { AsyncLocalStorage } from 'node:async_hooks'

/** Milliseconds that a question waits for a database that is away; it may be starting anew. */
const forSomebody = 15_000

const waiting = new AsyncLocalStorage<number>()

/** What is done while somebody waits for the answer: he is told soon that the database is away. */
export const whileSomebodyWaits = <Value>(work: () => Value): Value => waiting.run(forSomebody, work)

/** What goes on by itself, whoever began it: what a service has answered was paid for, and shall be stored. */
export const byItself = <Value>(work: () => Value): Value => waiting.exit(work)

/** How long a question that is asked now may wait; undefined where nobody waits for its answer. */
export const patienceMs = (): number | undefined => waiting.getStore()
