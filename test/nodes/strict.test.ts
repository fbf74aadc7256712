import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const words = (file: string): string => readFileSync(join(root, file), 'utf8').replace(/\s+/g, ' ').trim()

// `n8n-node lint` and `n8n-node prerelease` refuse a package in strict mode whose rules differ from their own.
test('the node package is linted by n8n’s rules as they come', () => {
  const theirs = words('node_modules/@n8n/node-cli/dist/template/templates/shared/default/eslint.config.mjs')
  expect(words('eslint.config.mjs')).toBe(theirs)
  expect(JSON.parse(words('package.json')).n8n.strict).toBe(true)
})
