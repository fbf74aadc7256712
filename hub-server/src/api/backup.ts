import { timingSafeEqual } from 'node:crypto'
import { isAbsolute } from 'node:path'
import { Type } from 'typebox'
import { Line } from '../contracts/bounded.ts'
import { HubError } from '../contracts/errors.ts'
import type { BackupOrder } from '../db/backup.ts'
import { protectionOf } from '../db/backup-encryption.ts'
import { ok, route, type Route } from './route.ts'

export interface BackupParts {
  /**
   * Stands in the lock of the data folder: a backup holds every secret, so who asks for one must be able to read that
   * folder.
   */
  readonly ownerKey: string
  readonly backup: (order: Omit<BackupOrder, 'data'>) => Promise<void>
}

/** What the command line asks of a hub that runs, on the same machine and by the same user. */
export const backupRoutes = ({ ownerKey, backup }: BackupParts): Route[] => [
  route({
    method: 'post',
    path: '/v1/backup',
    group: 'Hub',
    summary: 'Writes a backup to a file on the hub’s machine; for ./hub backup',
    permission: 'open',
    unlisted: true,
    reads: true,
    body: Type.Object(
      {
        file: Type.String({ minLength: 1, maxLength: 4096 }),
        passphrase: Type.Optional(Type.String({ minLength: 1, maxLength: 1024 })),
        recipients: Type.Optional(Type.Array(Type.String({ maxLength: 4096 }), { maxItems: 100 })),
        unencrypted: Type.Optional(Type.Boolean()),
        withoutSealingKey: Type.Optional(Type.Boolean()),
      },
      { additionalProperties: false },
    ),
    answers: { 200: Type.Object({ file: Line() }) },
    admit: async ({ headers }) => {
      if (isSame(headers.authorization ?? '', `Bearer ${ownerKey}`)) return undefined
      throw new HubError('forbidden', 'An API key may not save everything the hub keeps.', {
        advice: 'Use ./hub backup on the hub’s machine.',
      })
    },
    handle: async ({ body: { file, withoutSealingKey, ...wish } }) => {
      if (!isAbsolute(file))
        throw new HubError('invalid_input', `“${file}” is not a whole path.`, {
          advice: 'Name the file from the root of the disk.',
        })
      await backup({ file, protection: protectionOf(wish), withoutSealingKey })
      return ok({ file })
    },
  }),
]

const isSame = (given: string, wanted: string): boolean => {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)]
  return one.length === other.length && timingSafeEqual(one, other)
}
