import { fileURLToPath } from 'node:url'

// The launcher has no dependencies of its own: its tests use the hub's vitest.
export default {
  resolve: { alias: { vitest: fileURLToPath(new URL('../hub-server/node_modules/vitest', import.meta.url)) } },
  // What hangs is told of; what only takes its time beside another load is not.
  test: {
    include: ['**/*.test.ts'],
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000 } },
  },
}
