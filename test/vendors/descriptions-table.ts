import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Where the vendors' own descriptions are; they carry no open licence, so they are not part of the project. */
export const folder = process.env.VENDOR_SPECS_DIR ?? fileURLToPath(new URL('../../../shared/vendor-specs', import.meta.url))

/** Whether they are there at all. */
export const there = existsSync(folder)

/** Connector → the OpenAPI files that its vendor publishes. A vendor more is a line more. */
export const files: Readonly<Record<string, readonly string[]>> = {
  apollo: ['apollo/apollo-rest-api-official.json'],
  sendgrid: ['sendgrid/tsg_mail_v3.json', 'sendgrid/tsg_scopes_v3.json', 'sendgrid/tsg_mc_contacts_v3.json', 'sendgrid/tsg_mc_lists_v3.json'],
  pipedrive: ['pipedrive/pipedrive-v2.yaml', 'pipedrive/pipedrive-v1.yaml'],
}
