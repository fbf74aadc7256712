import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { HubError } from '../contracts/errors.ts'
import { withoutEnds } from '../contracts/text/trim.ts'

/**
 * Writes a connector that works, for an invented vendor, as a start.
 * @param scaffold the folder to copy; {{id}} and {{name}} stand in its files
 * @param name as a person writes it: “Acme CRM” becomes the id acme-crm
 * @returns the new folder
 * @throws HubError invalid_input for a name without letters, conflict where the folder is there already
 */
export const createConnector = (scaffold: string, within: string, name: string): string => {
  const id = withoutEnds(name.toLowerCase().replace(/[^a-z0-9]+/g, '-'), /-/)
  if (!/^[a-z]/.test(id))
    throw new HubError('invalid_input', `“${name}” is no name for a connector.`, {
      advice: 'Take the vendor’s name, beginning with a letter, e.g. “Acme CRM”.',
    })
  const folder = join(within, id)
  if (existsSync(folder))
    throw new HubError('conflict', `There is a folder ${folder} already.`, {
      advice: 'Take another name, or remove the folder.',
    })
  cpSync(scaffold, folder, { recursive: true })
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path))) {
    if (!statSync(file).isFile()) continue
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('{{id}}', id).replaceAll('{{name}}', name.trim()))
  }
  return folder
}
