import { defineConfig } from 'vitest/config'

/** A check of its own: what is hostile may hold a hub up, and must not hold up the other tests. */
export default defineConfig({
  test: { include: ['**/*.test.ts'], testTimeout: 240_000, hookTimeout: 240_000, maxWorkers: 2 },
})
