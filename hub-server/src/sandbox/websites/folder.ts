import { existsSync, readdirSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join, resolve, sep } from 'node:path'
import { HubError } from '../../contracts/errors.ts'

/** A file of a website that somebody put into the folder. */
export interface SiteFile {
  readonly type: string
  readonly bytes: Buffer
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.htm': 'text/html; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.json': 'application/json',
  '.xml': 'application/xml',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.svg': 'image/svg+xml',
  '.pdf': 'application/pdf',
}

/**
 * Websites from a folder: <folder>/<host>/index.html and what stands beside it.
 * @throws HubError invalid_input for a host that does not end in .test or .example: no real name may be played
 */
export const createFolderSites = (folder: string | undefined) => {
  const root = folder === undefined ? undefined : resolve(folder)
  if (root !== undefined && !existsSync(root))
    throw new HubError('invalid_input', `The folder of websites ${root} is not there.`)
  const hosts =
    root === undefined
      ? []
      : readdirSync(root, { withFileTypes: true })
          .filter((entry) => entry.isDirectory())
          .map((entry) => entry.name)
  const wrong = hosts.find((host) => !/^[a-z0-9.-]+\.(test|example)$/.test(host))
  if (wrong !== undefined)
    throw new HubError('invalid_input', `The website ${wrong} in ${root} must end in .test or .example.`)
  const known = new Set(hosts)

  const fileOf = (host: string, path: string): string | undefined => {
    if (root === undefined) return undefined
    const base = join(root, host)
    const wanted = resolve(base, `.${path}`)
    if (wanted !== base && !wanted.startsWith(base + sep)) return undefined
    return [wanted, join(wanted, 'index.html'), `${wanted}.html`].find(
      (file) => existsSync(file) && statSync(file).isFile(),
    )
  }

  return {
    has: (host: string): boolean => known.has(host),
    /** Null where the website has no such file. */
    read: async (host: string, path: string): Promise<SiteFile | null> => {
      const file = fileOf(host, path)
      return file === undefined
        ? null
        : { type: types[extname(file).toLowerCase()] ?? 'application/octet-stream', bytes: await readFile(file) }
    },
  }
}
export type FolderSites = ReturnType<typeof createFolderSites>
