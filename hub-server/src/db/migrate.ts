import { sql, type Kysely } from 'kysely'
import { Migrator, type Migration } from 'kysely/migration'
import { HubError } from '../contracts/errors.ts'
import * as start from './migrations/0001-start.ts'
import * as observations from './migrations/0002-observations.ts'
import * as runStates from './migrations/0003-run-states.ts'
import * as vendorJobs from './migrations/0004-vendor-jobs.ts'
import * as filesAndDrafts from './migrations/0005-files-and-drafts.ts'
import * as claims from './migrations/0006-claims.ts'
import * as setAside from './migrations/0007-set-aside.ts'
import * as access from './migrations/0008-access.ts'
import type { Tables } from './tables.ts'

/** In order; a published one never changes. */
const migrations: Record<string, Migration> = {
  '0001-start': start,
  '0002-observations': observations,
  '0003-run-states': runStates,
  '0004-vendor-jobs': vendorJobs,
  '0005-files-and-drafts': filesAndDrafts,
  '0006-claims': claims,
  '0007-set-aside': setAside,
  '0008-access': access,
}

/**
 * Brings the database to this version's shape.
 * @throws HubError conflict when the data was made by a newer version of the hub
 */
export const migrate = async (db: Kysely<Tables>): Promise<void> => {
  await refuseNewer(db)
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
  const { error } = await migrator.migrateToLatest()
  if (error) throw error
}

const refuseNewer = async (db: Kysely<Tables>): Promise<void> => {
  const {
    rows: [table],
  } = await sql<{ there: boolean }>`select to_regclass('kysely_migration') is not null as there`.execute(db)
  if (!table?.there) return
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db)
  const unknown = rows.map((row) => row.name).filter((name) => !(name in migrations))
  if (unknown.length > 0)
    throw new HubError(
      'conflict',
      `This data was made by a newer version of the hub (it knows ${unknown.join(', ')}).`,
      {
        advice: 'Start that newer version, or restore a backup made with this one into an empty data folder.',
      },
    )
}
