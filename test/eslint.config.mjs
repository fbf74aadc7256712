import hub from '../hub-server/eslint.config.mjs'

// The hub's rules, for the tests. Without a file of its own, n8n's rules for nodes would be applied here.
export default hub
  .filter((entry) => !entry.ignores)
  .map((entry) => (entry.files ? { ...entry, files: ['**/*.ts'] } : entry))
