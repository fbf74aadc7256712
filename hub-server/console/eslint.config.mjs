import { globalIgnores } from 'eslint/config'

// The repository's root lints n8n blocks by n8n's rules, which do not fit a web page.
export default [globalIgnores(['**'])]
