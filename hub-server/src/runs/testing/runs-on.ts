import type { Kysely } from 'kysely'
import { pino } from 'pino'
import type { Block, BlockContext } from '../../blocks/block.ts'
import { contextWith } from '../../blocks/testing/context.ts'
import { newId } from '../../db/id.ts'
import type { Tables } from '../../db/tables.ts'
import { createSendings } from '../../gateway/sendings.ts'
import { createLocalWake, type Wake } from '../../queue/wake.ts'
import type { OpenContext } from '../context.ts'
import { createRuns } from '../runs.ts'
import { createRunNotifier } from '../run-notifier.ts'
import { createWorker } from '../worker.ts'

export interface RunsOnParts {
  readonly db: Kysely<Tables>
  readonly blocks: readonly Block[]
  readonly openContext?: OpenContext
  readonly wake?: Wake
  /** The only process on this database. */
  readonly onlyProcess?: boolean
  readonly concurrency?: number
  /** See createWorker. */
  readonly holder?: string
  readonly ended?: readonly string[]
}

/** Runs with a worker of their own, on a database; several of them are several processes. */
export const runsOn = async ({
  db,
  blocks: given,
  openContext,
  wake = createLocalWake(),
  onlyProcess = true,
  concurrency = 4,
  holder = newId('prc'),
  ended = [],
}: RunsOnParts) => {
  const blocks = new Map(given.map((block): [string, Block] => [block.contract.id, block]))
  const notifier = createRunNotifier()
  const open: OpenContext = openContext ?? (({ stop }): BlockContext => contextWith({ signal: stop }))
  const worker = createWorker({
    db,
    blocks,
    openContext: open,
    notifier,
    wake,
    log: pino({ level: 'silent' }),
    holder,
    ended,
    concurrency,
    onlyProcess,
    hasSpace: () => true,
  })
  const runs = createRuns({
    db,
    wake,
    worker,
    notifier,
    sendings: createSendings(db),
    blocks,
    checkProviders: () => undefined,
  })
  await worker.start()
  const close = async (): Promise<void> => {
    await worker.close()
    await wake.close()
  }
  return { runs, worker, close }
}
