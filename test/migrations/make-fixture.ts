import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { startServices } from '../../hub-server/src/db/testing/services.ts'
import { newFolder, startHub } from '../hub/hub-process.ts'
import { copyWithoutLimits, startSandboxProcess } from '../hub/sandbox-process.ts'
import { drive } from './drive.ts'
import { pack } from './packing.ts'
import type { Expected } from './expected.ts'

/**
 * Makes the data of a version of the hub, as migrations.test.ts opens it from then on with every later one:
 *
 *   git worktree add ../ef74302 ef74302 && (cd ../ef74302 && pnpm install)
 *   node test/migrations/make-fixture.ts ../ef74302 ef74302
 *
 * It starts that version's hub on an empty data folder, with that version's sandbox as a process of its own, does
 * something of every kind over REST (drive.ts), reads all of it back (expected.ts), and kills the hub in the middle of
 * a run. Into test/migrations/fixtures/<name>/ go
 *
 *   embedded.tar.zst   the data folder as the killed hub left it: PGlite's files, keys, what that version said of it
 *   backup.gz          what that version's `hub backup` wrote of the same
 *   postgres.sql.gz    that version's PostgreSQL after it restored this backup, as pg_dump writes it
 *
 * It needs PostgreSQL and tar. A version whose fixture is there needs no new one: make one when a release goes out.
 */
const [checkout, name] = process.argv.slice(2)
if (!checkout || !name)
  throw new Error(
    'usage: node test/migrations/make-fixture.ts <checkout of that version, dependencies installed> <name>',
  )
const room = join(resolve(checkout), 'hub-server')
const program = join(room, 'src/main.ts')
const fixture = join(fileURLToPath(new URL('fixtures', import.meta.url)), name)
mkdirSync(fixture, { recursive: true })

const data = newFolder()
const connectors = newFolder()
copyWithoutLimits(connectors, undefined, room)
const sandbox = await startSandboxProcess(connectors, room)
const hub = await startHub({ data, program, env: { SANDBOX_URL: sandbox.url, LOG_LEVEL: 'warn' } })
const expected: Expected = { ...(await drive(hub, sandbox)), madeAt: new Date().toISOString(), keys: hub.keys }
await sandbox.stop()
writeFileSync(join(data, 'expected.json'), JSON.stringify(expected))
// Of the moment: the lock of a process that is gone.
for (const file of readdirSync(data)) if (/lock|\.log$/.test(file)) rmSync(join(data, file), { recursive: true })
await pack(data, join(fixture, 'embedded.tar.zst'))

const work = newFolder()
const command = (words: string[], env: Record<string, string>): void =>
  void execFileSync(process.execPath, [program, ...words], { env: { ...process.env, ...env }, stdio: 'inherit' })
// Everything in it is made up. A version from before backups were encrypted passes over the word.
command(['backup', join(work, 'backup.gz'), '--unencrypted'], { HUB_DATA: data })
copyFileSync(join(work, 'backup.gz'), join(fixture, 'backup.gz'))

const services = await startServices()
if (!services.databaseUrl) throw new Error('PostgreSQL is not installed')
const onPostgres = { HUB_DATA: work, DATABASE_URL: services.databaseUrl }
command(['restore', join(fixture, 'backup.gz')], onPostgres)
const dump = execFileSync(
  'pg_dump',
  ['--no-owner', '--no-privileges', '--inserts', '--rows-per-insert=200', services.databaseUrl],
  { encoding: 'utf8', maxBuffer: 2 ** 30 },
)
// What psql alone understands.
writeFileSync(join(fixture, 'postgres.sql.gz'), gzipSync(dump.replace(/^\\.*$/gm, ''), { level: 9 }))
await services.stop()
for (const folder of [data, work, connectors]) rmSync(folder, { recursive: true, force: true })
for (const file of readdirSync(fixture))
  process.stdout.write(`${basename(fixture)}/${file}: ${Math.round(statSync(join(fixture, file)).size / 1024)} KB\n`)
