/** A piece of a run that waits for a worker: ids only, the truth is in Postgres. */
export interface Job {
  readonly run: string
  readonly chunk: number
}

/** Transport of jobs. It may lose or repeat them: a worker checks in Postgres what is still to be done. */
export interface Queue {
  readonly add: (jobs: readonly Job[]) => Promise<void>
  /** Called once; the handler never throws. */
  readonly process: (handler: (job: Job) => Promise<void>) => void
  /** Ends when the jobs under way have ended. */
  readonly close: () => Promise<void>
}
