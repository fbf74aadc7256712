import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { contracts } from './contracts.ts'
import { formOf } from './form.ts'
import { printed } from './print.ts'

/**
 * Makes each n8n block's form.ts from the block's contract in the hub.
 *
 *   node test/generate/node-forms.ts            writes them
 *   node test/generate/node-forms.ts --check    says which are stale, and fails
 */
const nodesFolder = resolve(import.meta.dirname, '../../nodes')

/** Path and content of every form, as the contracts want them now. */
export const forms = (): { path: string; content: string }[] =>
  contracts.map((contract) => ({
    path: resolve(nodesFolder, contract.name.replaceAll(' ', '').replace('CRM', 'Crm'), 'form.ts'),
    content: [
      `// Made by test/generate/node-forms.ts from the hub's contract of ${contract.id}. Change it there.`,
      `import type { BlockForm } from '../shared/form';`,
      '',
      `export const form: BlockForm = ${printed(formOf(contract))};`,
      '',
    ].join('\n'),
  }))

const contentOf = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** The forms that are not what the contracts say. */
export const stale = () => forms().filter(({ path, content }) => contentOf(path) !== content)

const isMain = import.meta.url === pathToFileURL(process.argv[1] ?? '').href
if (isMain && process.argv.includes('--check')) {
  const paths = stale().map(({ path }) => path)
  if (paths.length > 0) {
    process.stderr.write(`Stale, run "node test/generate/node-forms.ts":\n${paths.join('\n')}\n`)
    process.exitCode = 1
  }
} else if (isMain) {
  for (const { path, content } of stale()) {
    writeFileSync(path, content)
    process.stdout.write(`${path}\n`)
  }
}
