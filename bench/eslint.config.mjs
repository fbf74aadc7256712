import hub from '../hub-server/eslint.config.mjs'

// The hub's rules, for the benchmarks, which print. Without a file of its own, n8n's rules for nodes would be applied
// here.
export default hub
  .filter(({ files }) => !files || files.includes('src/**/*.ts'))
  .map((entry) =>
    entry.files ? { ...entry, files: ['**/*.ts'], rules: { ...entry.rules, 'no-console': 'off' } } : entry,
  )
