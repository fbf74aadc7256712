import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts'],
    globalSetup: ['src/db/testing/setup.ts'],
    // What hangs is told of; what only takes its time beside another load is not.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000 } },
    // Two cores: more workers only make each test slower.
    maxWorkers: 2,
  },
})
