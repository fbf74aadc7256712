import { defineConfig } from 'vitest/config'

/** A check of its own, as the faults are: it stops and starts hubs all the time. */
export default defineConfig({
  test: { include: ['*.test.ts'], hookTimeout: 120_000 },
})
