import regexp from 'eslint-plugin-regexp'
import tseslint from 'typescript-eslint'
import { rules as waysOut } from './ways-out.mjs'

export default tseslint.config(
  { ignores: ['dist/**', 'console/**', 'node_modules/**'] },
  tseslint.configs.base,
  {
    files: ['src/**/*.ts', '../test/**/*.ts', '../bench/**/*.ts'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/ban-ts-comment': 'error',
      'no-empty': 'error',
      'no-console': 'error',
      'no-nested-ternary': 'error',
      'max-len': ['error', { code: 120, tabWidth: 2 }],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  { files: ['*.mjs'], rules: { 'max-len': ['error', { code: 120, tabWidth: 2 }] } },
  {
    // Strangers' text goes through them: each must be done in a time that grows with the text, and no faster.
    files: ['src/**/*.ts'],
    ignores: ['**/*.test.ts', '**/testing/**'],
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential', ignoreSticky: false }],
    },
  },
  {
    // The hardest to read: asking a provider, performing an operation, working on chunks.
    files: ['src/gateway/asking/*.ts', 'src/connectors/ask/*.ts', 'src/runs/work*.ts', 'src/egress/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: { 'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }] },
  },
  ...waysOut,
)
