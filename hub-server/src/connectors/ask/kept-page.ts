import type { DoneJob } from '../port/jobs.ts'
import type { VendorAnswer } from '../port/types.ts'
import type { Run } from './call.ts'

/**
 * Pages are paid for one by one, and whoever reads them may be stopped or killed between two. A page that another
 * follows is written down as a job that is done: whoever asks again goes on behind it.
 */

/** A page that was read before, by whoever did not come to the last one. */
export const keptPage = async ({ jobs, input }: Run, key: string): Promise<DoneJob | undefined> => {
  const known = (await jobs.find([key])).get(key)
  const found = known && (await jobs.join(known.id, input.stop ?? input.signal))
  if (!found || 'answer' in found) return found
  // Whoever wrote it died before its answer stood there.
  await found.drop()
  return undefined
}

export const keepPage = async (
  { jobs }: Run,
  key: string,
  item: unknown,
  credits: number,
  answer: VendorAnswer,
): Promise<void> => {
  const job = await jobs.open({ keys: [key], items: [item], way: 'one', credits, callback: false })
  if (job && (await job.start(null, answer.ledger))) await job.finish(answer)
}
