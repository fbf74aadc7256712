import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['faults/**', 'stops/**', '**/node_modules/**'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // n8n prints each error that a test provokes.
    silent: 'passed-only',
    // Two cores: more workers only make each test slower.
    maxWorkers: 2,
  },
})
