import type { PostgresCursor, PostgresPoolClient, PostgresQueryResult } from 'kysely'
import { explainUnavailable } from './unavailable.ts'

export interface Guard {
  /** Done before each question. */
  readonly before?: (text: string) => Promise<void>
  /** What is thrown for what was thrown. */
  readonly explain: (thrown: unknown) => unknown
}

/** Says what is the matter where the database, or the machine under it, cannot just now. */
export const plainly = (thrown: unknown): unknown => explainUnavailable(thrown) ?? thrown

/** A connection whose errors say what to do. */
export const guardedClient = (client: PostgresPoolClient, { before, explain }: Guard): PostgresPoolClient => {
  const ask = async <Row>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<Row>> => {
    try {
      await before?.(text)
      return await client.query<Row>(text, values)
    } catch (thrown) {
      throw explain(thrown)
    }
  }

  function query<Row>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<Row>>
  function query<Row>(cursor: PostgresCursor<Row>): PostgresCursor<Row>
  function query<Row>(
    asked: string | PostgresCursor<Row>,
    values: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<Row>> | PostgresCursor<Row> {
    return typeof asked === 'string' ? ask<Row>(asked, values) : client.query(asked)
  }

  return {
    query,
    release: (destroy) => client.release(destroy),
    ...(client.processID !== undefined && { processID: client.processID }),
  }
}
