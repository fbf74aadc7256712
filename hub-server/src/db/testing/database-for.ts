import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import type { TestDatabase } from './databases.ts'

type Open = TestDatabase['open']

const held = (open: Open) => {
  let opened: Awaited<ReturnType<Open>> | undefined
  const now = () => opened ?? expect.fail('The database is open in tests and hooks alone.')
  return {
    start: async () => {
      opened = await open()
    },
    end: () => opened?.remove(),
    database: {
      get db() {
        return now().db
      },
      get folder() {
        return now().folder
      },
    },
  }
}

/** One database for all tests of a `describe`: opened before the first of them, removed after the last. */
export const databaseForAll = (open: Open) => {
  const { start, end, database } = held(open)
  beforeAll(start)
  afterAll(end)
  return database
}

/** A database of its own for each test of a `describe`. */
export const databaseForEach = (open: Open) => {
  const { start, end, database } = held(open)
  beforeEach(start)
  afterEach(end)
  return database
}
