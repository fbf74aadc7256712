import { defineConfig } from 'vitest/config'

/** A check of its own: the plays need the machine for themselves. */
export default defineConfig({
  test: { include: ['*.test.ts'], hookTimeout: 120_000 },
})
