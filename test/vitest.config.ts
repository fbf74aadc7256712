import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['faults/**', 'stops/**', 'hostile/**', '**/node_modules/**'],
    // What hangs is told of; what only takes its time beside another load is not.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000 } },
    // n8n prints each error that a test provokes.
    silent: 'passed-only',
    // Two cores: more workers only make each test slower.
    maxWorkers: 2,
  },
})
