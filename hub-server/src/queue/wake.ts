/**
 * Tells hub processes that there is work, so that they look at once instead of at their next turn. It may lose or
 * repeat what it carries: what is to be done stands in Postgres.
 */
export interface Wake {
  /** Somebody has added work to this run. */
  readonly send: (run: string) => void
  /** Called once, with what to do when a process has sent. */
  readonly listen: (heard: (run: string) => void) => void
  readonly close: () => Promise<void>
}

/** For one process. */
export const createLocalWake = (): Wake => {
  let heard: (run: string) => void = () => undefined
  return {
    send: (run) => queueMicrotask(() => heard(run)),
    listen: (given) => void (heard = given),
    close: () => Promise.resolve(),
  }
}
