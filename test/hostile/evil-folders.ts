import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { aside, goodIcon, makeGood, manifestOf, oneOf, pipe, some, type Evil, type Random } from './evil-parts.ts'
import { expressions, pictures, sandboxes, yaml } from './evil-texts.ts'

const links: readonly Evil[] = [
  aside('icon: a link to keys', ({ folder, outside }) =>
    symlinkSync(join(outside, 'keys.json'), join(folder, 'icon.svg')),
  ),
  aside('icon: a link to a picture elsewhere', ({ folder, outside }) =>
    symlinkSync(join(outside, 'icon.svg'), join(folder, 'icon.svg')),
  ),
  aside('icon: a link by way of a folder', ({ folder, outside }) => {
    symlinkSync(outside, join(folder, 'pictures'))
    symlinkSync('pictures/icon.svg', join(folder, 'icon.svg'))
  }),
  aside('icon: a device', ({ folder }) => symlinkSync('/dev/zero', join(folder, 'icon.svg'))),
  aside('sandbox: a link to keys', ({ folder, outside }) =>
    symlinkSync(join(outside, 'keys.json'), join(folder, 'sandbox.yaml')),
  ),
  aside('sandbox: a device', ({ folder }) => symlinkSync('/dev/zero', join(folder, 'sandbox.yaml'))),
  aside('examples: a link elsewhere', ({ folder, outside }) => symlinkSync(outside, join(folder, 'examples'))),
  {
    name: 'manifest: a link elsewhere',
    make: ({ folder, outside }) => symlinkSync(join(outside, 'connector.yaml'), join(folder, 'connector.yaml')),
  },
  {
    name: 'manifest: a link to keys',
    make: ({ folder, outside }) => symlinkSync(join(outside, 'keys.json'), join(folder, 'connector.yaml')),
  },
  {
    name: 'manifest: a link up and down again',
    make: ({ folder, outside }) =>
      symlinkSync(`../../${outside.split('/').at(-1) ?? ''}/connector.yaml`, join(folder, 'connector.yaml')),
  },
  {
    name: 'manifest: a device',
    make: ({ folder, random }) =>
      symlinkSync(
        oneOf(random, ['/dev/zero', '/dev/urandom', '/dev/stdin', '/dev/tty']),
        join(folder, 'connector.yaml'),
      ),
  },
  {
    name: 'manifest: of the system',
    make: ({ folder, random }) =>
      symlinkSync(
        oneOf(random, ['/proc/self/environ', '/proc/self/mem', '/etc/passwd', '/proc/kmsg']),
        join(folder, 'connector.yaml'),
      ),
  },
  {
    name: 'manifest: a link to nothing',
    make: ({ folder }) => symlinkSync('nowhere', join(folder, 'connector.yaml')),
  },
  {
    name: 'manifest: a link to itself',
    make: ({ folder }) => symlinkSync('connector.yaml', join(folder, 'connector.yaml')),
  },
]

const kinds: readonly Evil[] = [
  { name: 'manifest: a pipe', make: ({ folder }) => pipe(join(folder, 'connector.yaml')) },
  { name: 'manifest: a folder', make: ({ folder }) => mkdirSync(join(folder, 'connector.yaml')) },
  {
    name: 'manifest: without end',
    make: ({ folder, id }) => {
      writeFileSync(join(folder, 'connector.yaml'), manifestOf(id))
      truncateSync(join(folder, 'connector.yaml'), 4 * 1024 ** 3)
    },
  },
  {
    name: 'manifest: closed to everybody',
    mayWork: true,
    make: ({ folder, id }) => {
      writeFileSync(join(folder, 'connector.yaml'), manifestOf(id))
      chmodSync(join(folder, 'connector.yaml'), 0)
    },
  },
  aside('icon: a pipe', ({ folder }) => pipe(join(folder, 'icon.svg'))),
  aside('icon: a folder', ({ folder }) => mkdirSync(join(folder, 'icon.svg'))),
  aside('icon: without end', ({ folder }) => {
    writeFileSync(join(folder, 'icon.svg'), goodIcon)
    truncateSync(join(folder, 'icon.svg'), 4 * 1024 ** 3)
  }),
  aside('sandbox: a pipe', ({ folder }) => pipe(join(folder, 'sandbox.yaml'))),
  aside('sandbox: a folder', ({ folder }) => mkdirSync(join(folder, 'sandbox.yaml'))),
  aside('thousands of files', ({ folder, random }) => {
    for (let count = some(random, 600, 3_000); count > 0; count--) writeFileSync(join(folder, `note-${count}.txt`), '')
  }),
  aside('folders in folders', ({ folder, random }) =>
    mkdirSync(join(folder, ...Array<string>(some(random, 10, 200)).fill('deeper')), { recursive: true }),
  ),
  aside('names that steer a terminal', ({ folder }) => {
    writeFileSync(join(folder, '\u001b[2J\u001b]0;gone\u0007'), '')
    writeFileSync(join(folder, 'a\nb.json'), '')
  }),
]

const folders: readonly Evil[] = [
  {
    name: 'folder: a link to nothing',
    make: ({ folder }) => inPlaceOf(folder, () => symlinkSync('nowhere', folder)),
  },
  { name: 'folder: a link to itself', make: ({ folder }) => inPlaceOf(folder, () => symlinkSync(folder, folder)) },
  {
    name: 'folder: a link to the root',
    mayWork: true,
    make: ({ folder }) => inPlaceOf(folder, () => symlinkSync('/', folder)),
  },
  {
    name: 'folder: a file',
    mayWork: true,
    make: ({ folder }) => inPlaceOf(folder, () => writeFileSync(folder, 'no folder')),
  },
  { name: 'folder: a pipe', mayWork: true, make: ({ folder }) => inPlaceOf(folder, () => pipe(folder)) },
  {
    name: 'folder: closed to everybody',
    mayWork: true,
    make: ({ folder, id }) => {
      makeGood(folder, id)
      chmodSync(folder, 0)
    },
  },
  { name: 'folder: empty', mayWork: true, make: () => undefined },
]

/** Something else of the same name. */
const inPlaceOf = (folder: string, make: () => void): void => {
  execFileSync('rmdir', [folder])
  make()
}

/** Every kind of evil folder. */
export const evils: readonly Evil[] = [
  ...links,
  ...kinds,
  ...yaml,
  ...expressions,
  ...pictures,
  ...sandboxes,
  ...folders,
]

/** Makes a folder of a kind; its name says which it is. */
export const makeEvil = (within: string, outside: string, evil: Evil, number: number, random: Random): string => {
  const id = `evil-${number}`
  const folder = join(within, id)
  mkdirSync(folder, { recursive: true })
  evil.make({ folder, id, outside, random })
  return folder
}

/** What nobody may ever see: the files outside hold it. */
export const canary = 'CANARY-7f3a91'

/** Files that no folder may lead to. */
export const makeOutside = (outside: string): void => {
  mkdirSync(outside, { recursive: true })
  writeFileSync(join(outside, 'keys.json'), JSON.stringify({ live: canary, test: canary }))
  writeFileSync(join(outside, 'icon.svg'), `<svg xmlns="http://www.w3.org/2000/svg"><title>${canary}</title></svg>`)
  writeFileSync(join(outside, 'connector.yaml'), manifestOf(canary.toLowerCase()).replace('name:', `name: ${canary} #`))
}
