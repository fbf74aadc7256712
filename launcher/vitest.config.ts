import { fileURLToPath } from 'node:url'

// The launcher has no dependencies of its own: its tests use the hub's vitest.
export default {
  resolve: { alias: { vitest: fileURLToPath(new URL('../hub-server/node_modules/vitest', import.meta.url)) } },
  test: { include: ['**/*.test.ts'], testTimeout: 30_000 },
}
