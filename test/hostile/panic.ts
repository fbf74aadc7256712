import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { openDatabase } from '../../hub-server/src/db/database.ts'

/**
 * Lets PostgreSQL inside of this process end with a panic: it needs another file of its write-ahead log, and the disk
 * has no space for one. Says in JSON what came of it. Its argument is a folder on a disk with some 60 MB left.
 */
const [folder = ''] = process.argv.slice(2)
const filler = join(folder, '..', 'panic-filler')
const { db } = await openDatabase({ folder })
const outcomeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown)),
  )
const write = (key: string) => outcomeOf(db.insertInto('setting').values({ key, value: 'v' }).execute())

await write('before')
let size = 64 * 1024 * 1024
while (size > 4096)
  try {
    writeFileSync(filler, Buffer.alloc(size), { flag: 'a' })
  } catch {
    // Full for that much: half of it next.
    size /= 2
  }
const switched: string[] = []
for (let count = 0; count < 20 && switched.at(-1) !== 'broken'; count++) {
  const outcome = await outcomeOf(
    db.selectNoFrom(({ fn }) => [fn('txid_current').as('written'), fn('pg_switch_wal').as('switched')]).execute(),
  )
  switched.push(outcome === 'done' ? outcome : 'broken')
}
const meanwhile = await write('meanwhile')
rmSync(filler)
let after = ''
for (let count = 0; count < 30 && after !== 'done'; count++) {
  after = await write('after')
  await pause(500)
}
const rows = await db.selectFrom('setting').select('key').orderBy('key').execute()
process.stdout.write(JSON.stringify({ ended: switched.at(-1), meanwhile, keys: rows.map(({ key }) => key) }))
process.exit(0)
