import hub from '../hub-server/eslint.config.mjs'

// The hub's rules, for the launcher's files; not what is about certain files of the hub.
const everywhere = 'src/**/*.ts'
export default hub
  .filter(({ files }) => !files || files.includes(everywhere))
  .map((entry) => (entry.files ? { ...entry, files: ['**/*.ts'] } : entry))
