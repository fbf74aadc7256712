import hub from '../hub-server/eslint.config.mjs'

// The hub's rules, for the launcher's files.
export default hub.map((entry) => (entry.files ? { ...entry, files: ['**/*.ts'] } : entry))
