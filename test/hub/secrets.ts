import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from '../../hub-server/src/db/database.ts'

/** Stands in every secret that the test gives to the hub. */
export const marker = 'Geheimnis0815Kennwort'

/** The marker in base64 (basic authentication, signatures), at each of the three places where it may begin. */
const inBase64 = [0, 1, 2].map((before) =>
  Buffer.from(`${'-'.repeat(before)}${marker}`)
    .toString('base64')
    .slice(before === 0 ? 0 : 4, -4),
)

/** Which of the secrets a text holds, with what stands around; none where all is well. */
export const leaksIn = (text: string, secrets: readonly string[] = []): string[] =>
  [marker, ...inBase64, ...secrets].flatMap((secret) => {
    const at = text.indexOf(secret)
    return at < 0 ? [] : [text.slice(Math.max(0, at - 160), at + 80)]
  })

/** Every row of every table, as JSON. */
export const readTables = async (folder: string): Promise<{ table: string; rows: string; count: number }[]> => {
  const { db, close } = await openDatabase({ folder })
  try {
    const tables = await db.introspection.getTables()
    const any = db.withTables<Record<string, Record<string, unknown>>>()
    return await Promise.all(
      tables.map(async ({ name }) => {
        const rows = await any.selectFrom(name).selectAll().execute()
        return { table: name, rows: JSON.stringify(rows), count: rows.length }
      }),
    )
  } finally {
    await close()
  }
}

/** All files under a folder; bytes as latin1, so that text in a database's pages is found. */
export const filesIn = (folder: string): { file: string; text: string }[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ file, text: readFileSync(file, 'latin1') }))

/** A vendor that repeats the key, in its refusals and in its answers, as some do. */
export const echoingConnector = {
  id: 'my-echo',
  manifest: `format: 1
id: my-echo
name: My Echo
docs: https://vendor.example/docs
auth:
  fields: { apiKey: { label: API key, secret: true } }
  send: { query: { api_key: =apiKey } }
  test: { get: /account }
servers: { default: "https://api.vendor.example" }
errors:
  - { status: 401, kind: unauthorized, message: =error }
operations:
  verifyEmail:
    one: { get: /check, query: { email: =email } }
    read: { status: deliverable, reason: "=note" }
`,
  sandbox: `format: 1
auth: { key: [query.api_key] }
errors:
  unauthorized: { status: 401, json: { error: "='There is no account with the key ' & $query.api_key & '.'" } }
routes:
  - { get: /account, json: { key: =$query.api_key } }
  - { get: /check, operation: verifyEmail, json: { note: "='asked with ' & $query.api_key", key: =$query.api_key } }
`,
}
