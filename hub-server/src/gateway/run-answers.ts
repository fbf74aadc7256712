import { sql } from 'kysely'
import { createBatcher } from '../db/batcher.ts'
import type { Db } from '../db/database.ts'
import { json } from '../db/json.ts'
import type { KeptAnswer } from './answer-cache.ts'

/** What one item of a run asks: its name, as a message of it would be named, and what tells the question apart. */
export interface RunQuestion {
  readonly run: string
  readonly item: string
  readonly question: string
}

export type RunAnswer = RunQuestion & Omit<KeptAnswer, 'key'>

export type RunAnswers = ReturnType<typeof createRunAnswers>

const nameOf = ({ item, question }: Omit<RunQuestion, 'run'>): string => `${item}\n${question}`

/**
 * Answers that are never cached, or were wanted afresh, but were paid for: the run that asked has them until it ends,
 * so that a kill, a stop and a resume in the middle of it pay for nothing again. No other run sees them.
 */
export const createRunAnswers = (db: Db) => {
  const write = createBatcher<RunAnswer>(async (rows) => {
    await sql`insert into run_answer (run, item, question, outputs, reason, raw, ledger, price, at)
      select run, item, question, outputs, reason, raw, ledger, price, at from json_to_recordset(${json(rows)}::json)
        as row(run text, item text, question text, outputs jsonb, reason text, raw jsonb, ledger text, price bigint,
        at timestamptz)
      on conflict do nothing`.execute(db)
  }, 5)

  return {
    /** @returns by position, those that are known */
    read: async (run: string, questions: readonly Omit<RunQuestion, 'run'>[]): Promise<Map<number, RunAnswer>> => {
      if (questions.length === 0) return new Map()
      const { rows } =
        await sql<RunAnswer>`select kept.* from json_to_recordset(${json(questions)}::json) as wanted(item text,
          question text)
        join run_answer kept on kept.run = ${run} and kept.item = wanted.item and kept.question =
        wanted.question`.execute(db)
      const byName = new Map(rows.map((row) => [nameOf(row), { ...row, at: new Date(row.at) }]))
      return new Map(
        questions.flatMap((question, position) => {
          const known = byName.get(nameOf(question))
          return known ? [[position, known] as const] : []
        }),
      )
    },
    keep: (answer: RunAnswer): Promise<void> => write(answer),
  }
}
