import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { allPermissions, permissions, type Permission } from '../../hub-server/src/access/rights/permissions.ts'
import { builtInRoles, unscopedKey } from '../../hub-server/src/access/rights/roles.ts'
import { startHub } from '../hub/hub-process.ts'

/**
 * Makes docs/permissions.md from the routes, roles and permissions of the hub.
 *
 *   node test/generate/permissions.ts            writes it
 *   node test/generate/permissions.ts --check    says whether it is stale, and fails if so
 */
const file = fileURLToPath(new URL('../../docs/permissions.md', import.meta.url))

const head = `# Who may do what

Made by \`test/generate/permissions.ts\` from the routes. Each route names one permission; roles and the scopes of
keys are made of permissions. A key's scope is a permission (\`leads.read\`) or a group of them (\`leads\`). The
last column is a key of keys.json, or of before there were scopes. Who has no \`personal.read\` sees names,
addresses and numbers masked, in answers and files alike. A block that sends needs \`messages.send\`, too; the Lead
Store block and runs over stored leads or lists need \`leads.read\`.

`

interface Operation {
  readonly summary: string
  readonly 'x-permission'?: string
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

const mark = (yes: boolean): string => (yes ? '✓' : '')

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

const table = (columns: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(columns), row(columns.map(() => '---')), ...rows.map(row)].join('\n')

const columnsOf = (permission: Permission): string[] => [
  ...builtInRoles.map((role) => mark(role.permissions.some((one) => one === permission))),
  mark(unscopedKey.includes(permission)),
]

const names = [...builtInRoles.map(({ id }) => id), 'first keys']

const isPermission = (text: string): text is Permission => allPermissions.some((one) => one === text)

const routeRow = (method: string, path: string, { 'x-permission': wanted }: Operation): string[] => {
  const place = `\`${method.toUpperCase()} ${path}\``
  if (wanted === undefined) return [place, 'open', ...names.map(() => '✓')]
  if (!isPermission(wanted)) return [place, 'anybody known', ...names.map(() => '✓')]
  return [place, wanted, ...columnsOf(wanted)]
}

/** The page, as the hub's routes are now. */
export const permissionsPage = ({ paths }: Document): Promise<string> => {
  const about = allPermissions.map((permission) => [
    `\`${permission}\``,
    permissions[permission].about,
    ...columnsOf(permission),
  ])
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => routeRow(method, path, operation)),
  )
  const text = [
    head,
    '## Permissions\n\n',
    table(['permission', 'to', ...names], about),
    '\n\n## Routes\n\n',
    table(['route', 'permission', ...names], routes),
    '\n',
  ].join('')
  return resolveConfig(file).then((options) => format(text, { ...options, filepath: file }))
}

export const isFresh = async (document: Document): Promise<boolean> =>
  readFileSync(file, 'utf8') === (await permissionsPage(document))

const main = async (): Promise<void> => {
  const hub = await startHub()
  const { body } = await hub.call<Document>('GET', '/openapi.json')
  await hub.stop()
  if (!process.argv.includes('--check')) return writeFileSync(file, await permissionsPage(body))
  if (await isFresh(body)) return
  process.stderr.write(`Stale, run "node test/generate/permissions.ts": ${file}\n`)
  process.exitCode = 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
