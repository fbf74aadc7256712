import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Numbers from 0 to 1. */
export type Random = () => number

/** Where a folder is made. */
export interface Place {
  /** The connector's folder; it is there, and empty. */
  readonly folder: string
  readonly id: string
  /** A folder beside CONNECTORS_DIR that nothing may be read of: keys.json, icon.svg and connector.yaml. */
  readonly outside: string
  readonly random: Random
}

export interface Evil {
  readonly name: string
  readonly make: (place: Place) => void
  /** Whether the connector may work all the same: what is evil is beside its connector.yaml, or runs fenced. */
  readonly mayWork?: boolean
}

export const manifestOf = (id: string, status = "=verdict = 'good' ? 'deliverable' : 'unknown'"): string => `format: 1
id: ${id}
name: ${id}
docs: https://vendor.example/docs
auth:
  fields:
    apiKey: { label: API key, secret: true }
  send: { query: { api_key: =apiKey } }
servers: { default: "https://api.vendor.example" }
operations:
  verifyEmail:
    one: { get: /check, query: { email: =email } }
    read:
      status: ${JSON.stringify(status)}
`

/** @param route what the vendor answers to GET /check */
export const sandboxOf = (route = 'json: { verdict: good }', more = ''): string => `format: 1
auth: { key: [query.api_key] }
${more}
routes:
  - get: /check
    operation: verifyEmail
    ${route}
`

export const goodIcon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24"/></svg>\n'

/** A connector that works. */
export const makeGood = (folder: string, id: string): void => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'connector.yaml'), manifestOf(id))
  writeFileSync(join(folder, 'sandbox.yaml'), sandboxOf())
  writeFileSync(join(folder, 'icon.svg'), goodIcon)
}

const manifest = (name: string, text: (id: string, random: Random) => string | Uint8Array): Evil => ({
  name,
  make: ({ folder, id, random }) => writeFileSync(join(folder, 'connector.yaml'), text(id, random)),
})

/** Something evil in place of one file of a connector that is good else. */
const aside = (name: string, put: (place: Place) => void): Evil => ({
  name,
  mayWork: true,
  make: (place) => {
    writeFileSync(join(place.folder, 'connector.yaml'), manifestOf(place.id))
    put(place)
  },
})

const icon = (name: string, text: (random: Random) => string): Evil =>
  aside(`icon: ${name}`, ({ folder, random }) => writeFileSync(join(folder, 'icon.svg'), text(random)))

const sandbox = (name: string, text: (random: Random) => string): Evil =>
  aside(`sandbox: ${name}`, ({ folder, random }) => writeFileSync(join(folder, 'sandbox.yaml'), text(random)))

/** A connector whose one expression is evil. */
const expression = (name: string, text: (random: Random) => string, mayWork = false): Evil => ({
  name: `expression: ${name}`,
  mayWork,
  make: ({ folder, id, random }) => {
    writeFileSync(join(folder, 'connector.yaml'), manifestOf(id, text(random)))
    writeFileSync(join(folder, 'sandbox.yaml'), sandboxOf())
  },
})

/** Between two lengths: around a few hundred as well as at the limits. */
const some = (random: Random, least: number, most: number): number => Math.floor(least * (most / least) ** random())

const oneOf = <Value>(random: Random, values: readonly [Value, ...Value[]]): Value =>
  values[Math.floor(random() * values.length)] ?? values[0]

const pipe = (file: string): void => void execFileSync('mkfifo', [file])

const bombOf = (random: Random): string => {
  const names = [...'abcdefghijkl']
  const width = some(random, 3, 12)
  return names
    .map((name, at) => {
      const before = names[at - 1]
      return `${name}: &${name} [${Array<string>(width)
        .fill(before ? `*${before}` : 'x')
        .join(', ')}]`
    })
    .join('\n')
}

/** A file that is good but for some bytes. */
const mutated = (text: string, random: Random): string => {
  const characters = [...text]
  const marks = '&*!|>%@`{}[],:#?-"\'<~=$\\\t\n \u0000\ufeff\u2028é😀'
  for (let count = some(random, 1, 12); count > 0; count--) {
    const at = Math.floor(random() * characters.length)
    const mark = [...marks][Math.floor(random() * [...marks].length)] ?? ' '
    characters.splice(at, Math.floor(random() * 3), random() < 0.2 ? mark.repeat(some(random, 2, 3_000)) : mark)
  }
  return characters.join('')
}

const noise = (random: Random, length: number): string => {
  const words = [
    'a: ',
    '- ',
    '? ',
    ': ',
    '  ',
    '\n',
    '[',
    '{',
    ']',
    '}',
    '"',
    "'",
    '|\n',
    '>\n',
    '&a ',
    '*a ',
    '!t ',
    '# ',
  ]
  let text = ''
  while (text.length < length) text += words[Math.floor(random() * words.length)] ?? ' '
  return text
}

const insideGood = (id: string, more: string): string => `${manifestOf(id)}${more}\n`

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

const yaml: readonly Evil[] = [
  manifest('an unknown alias', (id) => insideGood(id, 'maps: *nothing')),
  manifest('an alias bomb', (_id, random) => bombOf(random)),
  manifest('an alias bomb in a good one', (id, random) =>
    insideGood(id, `maps: {}\ntables:\n  ${bombOf(random).replaceAll('\n', '\n  ')}`),
  ),
  manifest('an alias of itself', (id) => insideGood(id, 'maps: { contact: &all { email: *all } }')),
  manifest('a hundred names for much', (id, random) => {
    const rows = Array.from({ length: some(random, 50, 400) }, (_, at) => `k${at}: "=$a${at} & a.b"`).join(', ')
    const names = Array.from({ length: 99 }, (_, at) => `n${at}: *much`).join(', ')
    return insideGood(id, `tables: { words: { much: &much { ${rows} }, ${names} } }`)
  }),
  manifest('deep lists', (_id, random) => `a: ${'['.repeat(some(random, 250, 60_000))}`),
  manifest('deep whole lists', (_id, random) => {
    const depth = some(random, 250, 30_000)
    return `a: ${'['.repeat(depth)}${']'.repeat(depth)}`
  }),
  manifest('deep maps', (_id, random) => '{a: '.repeat(some(random, 250, 15_000))),
  manifest('deep dashes', (_id, random) => '- '.repeat(some(random, 250, 30_000))),
  manifest('deep questions', (_id, random) => '? '.repeat(some(random, 250, 30_000))),
  manifest('deep lines', (_id, random) => {
    const depth = some(random, 50, 340)
    return Array.from({ length: depth }, (_, at) => `${' '.repeat(at)}a:`).join('\n')
  }),
  manifest('a name many times', (id, random) => insideGood(id, 'name: again\n'.repeat(some(random, 2, 5_000)))),
  manifest('merge keys', (id) => insideGood(id, 'maps: { a: &a { x: y }, b: { <<: *a } }')),
  manifest('tags', (id, random) =>
    insideGood(
      id,
      `tables: { a: { b: ${oneOf(random, ['!!binary aGk=', '!!set { a }', '!!js/function f', '!own x', '!<tag:x> y'])} } }`,
    ),
  ),
  manifest(
    'YAML 1.1',
    (id) => `%YAML 1.1\n---\n${insideGood(id, 'tables: { a: { b: 2001-12-14t21:59:43.10-05:00, c: 0o7 } }')}`,
  ),
  manifest('many documents', (id, random) => `${manifestOf(id)}---\n`.repeat(some(random, 2, 50)).slice(0, 60_000)),
  manifest('many names', (id, random) =>
    insideGood(id, Array.from({ length: some(random, 100, 6_000) }, (_, at) => `k${at}: 1`).join('\n')),
  ),
  manifest('a long name', (id, random) => insideGood(id, `${'a'.repeat(some(random, 300, 60_000))}: 1`)),
  manifest('lists as names', (id) => insideGood(id, 'tables: { ? [a, b] : c, ? { d: e } : f }')),
  manifest('names by birth', (id, random) =>
    insideGood(
      id,
      `tables: { a: { ${oneOf(random, ['__proto__', '"__proto__"', 'constructor', 'toString'])}: { polluted: yes } } }`,
    ),
  ),
  manifest('numbers without end', (id) =>
    insideGood(id, 'limits: [{ calls: .inf, per: 99999999999999d }, { calls: 1e999, per: 1s }]'),
  ),
  manifest('wrong everywhere', (id, random) =>
    insideGood(
      id,
      `limits: [${Array<string>(some(random, 10, 3_000))
        .fill('{ x: 1, scope: y }')
        .join(', ')}]`,
    ),
  ),
  manifest('white space', (id, random) =>
    `${manifestOf(id).trimEnd()} a${oneOf(random, [' ', '\t', ' \n', '\n', '\r'])}`.padEnd(
      60_000,
      oneOf(random, [' ', '\t', '\n ']),
    ),
  ),
  manifest('a quote without end', (id, random) =>
    insideGood(id, `x: ${oneOf(random, ['"', "'", '|\n ', '>-\n '])}${'a b\\ '.repeat(some(random, 10, 10_000))}`),
  ),
  manifest('comments', (id, random) => `${'# a\n'.repeat(some(random, 10, 14_000))}${manifestOf(id)}`.slice(0, 64_000)),
  manifest('noise of marks', (_id, random) => noise(random, some(random, 100, 60_000))),
  manifest('bytes', (_id, random) =>
    Uint8Array.from({ length: some(random, 1, 60_000) }, () => Math.floor(random() * 256)),
  ),
  manifest('UTF-16', (id) => Buffer.from(`\ufeff${manifestOf(id)}`, 'utf16le')),
  manifest('nothing', () => ''),
  manifest('a scalar', (_id, random) => oneOf(random, ['null', '42', 'text', '[]', '~', '---', '...'])),
  manifest('JSON', (id) => JSON.stringify({ format: 1, id, name: id })),
  manifest('another id', (id) => manifestOf(`${id}-other`)),
  manifest('the id of ours', () => manifestOf('hunter')),
  {
    name: 'slips',
    mayWork: true,
    make: ({ folder, id, random }) => writeFileSync(join(folder, 'connector.yaml'), mutated(manifestOf(id), random)),
  },
]

const expressions: readonly Evil[] = [
  expression('brackets', (random) => `=${'('.repeat(some(random, 100, 4_000))}`),
  expression('whole brackets', (random) => {
    const depth = some(random, 100, 2_000)
    return `=${'('.repeat(depth)}1${')'.repeat(depth)}`
  }),
  expression('lists in lists', (random) => `=${'['.repeat(some(random, 100, 4_000))}`),
  expression(
    'a long path',
    (random) =>
      `=${Array<string>(some(random, 100, 2_000))
        .fill('a')
        .join('.')}`,
    true,
  ),
  expression(
    'too long a path',
    (random) =>
      `=${Array<string>(some(random, 2_100, 25_000))
        .fill('a')
        .join('.')}`,
  ),
  expression(
    'a long sum',
    (random) =>
      `=${Array<string>(some(random, 100, 2_000))
        .fill('1')
        .join('+')}`,
    true,
  ),
  expression('minuses', (random) => `=${'-'.repeat(some(random, 100, 4_000))}1`, true),
  expression('choices', (random) => `=${'a?'.repeat(some(random, 100, 1_300))}`, true),
  expression('a quote without end', (random) => `="${'a'.repeat(some(random, 10, 4_000))}`),
  expression('a regular expression that is none', () => '=$contains(a, /(/)'),
  expression('a regular expression without end', (random) => `=$contains(a, /${'a'.repeat(some(random, 10, 4_000))}`),
  expression('a wrong signature', (random) => `=function($x)<${'('.repeat(some(random, 1, 400))}s:s>{ $x }`),
  expression('a name that nobody knows', () => '=$nothing.here(1, 2)', true),
  expression('a call without end', () => '=($again := function($n) { $again($n + 1) }; $again(0))', true),
  expression('a regular expression that goes back', () => `=$contains("${'a'.repeat(40)}!", /^(a+)+$/)`, true),
  expression('a hog', () => '=($grow := function($l) { $grow($append($l, $l)) }; $grow([1..1000]))', true),
  expression(
    'out of its data',
    (random) =>
      oneOf(random, [
        '="".constructor.constructor("return process")()',
        '=$.__proto__.polluted',
        '=$string.constructor',
      ]),
    true,
  ),
]

const pictures: readonly Evil[] = [
  icon('HTML', () => '<!doctype html><script>alert(1)</script>'),
  icon('a script', () => '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
  icon(
    'a page within',
    () =>
      '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><foreignObject><iframe src="/v1/connections"/></foreignObject></svg>',
  ),
  icon('entities', (random) => `<!DOCTYPE svg [<!ENTITY a "${'x'.repeat(some(random, 10, 1_000))}">]><svg>&a;</svg>`),
  icon('an entity of a file', () => '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>'),
  icon('another kind', () => '\u0089PNG\r\n\u001a\n'),
  icon('comments', (random) => `${'<!-- -->'.repeat(some(random, 10, 8_000))}<svg/>`),
  icon('a comment without end', (random) => `<!--${'-'.repeat(some(random, 10, 60_000))}`),
  icon('white space', (random) => ' '.repeat(some(random, 10, 60_000))),
  icon('a name like it', () => '<svgx></svgx>'),
]

const sandboxes: readonly Evil[] = [
  sandbox('an alias bomb', bombOf),
  sandbox('deep', (random) => '['.repeat(some(random, 250, 60_000))),
  sandbox('noise', (random) => noise(random, some(random, 100, 60_000))),
  sandbox('slips', (random) => mutated(sandboxOf(), random)),
  sandbox('a call without end', () =>
    sandboxOf('json: { verdict: "=($again := function($n) { $again($n + 1) }; $again(0))" }'),
  ),
  sandbox('a variable without end', () =>
    sandboxOf(undefined, 'let: { a: "=($again := function($n) { $again($n + 1) }; $again(0))" }'),
  ),
  sandbox('a regular expression that goes back', () =>
    sandboxOf(`json: { verdict: '=$contains("${'a'.repeat(40)}!", /^(a+)+$/)' }`),
  ),
  sandbox('a hog', () =>
    sandboxOf('json: { verdict: "=($grow := function($l) { $grow($append($l, $l)) }; $grow([1..1000]))" }'),
  ),
  sandbox('records without end', () =>
    sandboxOf(`json: { verdict: "=$count($map([1..9999999], function($n) { $put('a' & $n, {'b': $n}) }))" }`),
  ),
  sandbox('a long answer', () =>
    sandboxOf(`text: "=$join($map([1..200000], function($n) { 'the same words again' }))"`),
  ),
  sandbox('no status', (random) => sandboxOf(`status: "=${oneOf(random, ["'ok'", '0', '99999', '1.5', '-1'])}"`)),
  sandbox('a header that ends the others', () => sandboxOf('headers: { X-A: "=\'a\\r\\nX-B: b\'" }')),
  sandbox('a wait without end', () => sandboxOf(undefined, 'latency: 99999999999999')),
  sandbox('a path that goes back', () =>
    sandboxOf().replace('get: /check', 'get: "/{a*}{b*}{c*}{d*}{e*}{f*}{g*}{h*}x"'),
  ),
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
  mkdirSync(dirname(join(outside, 'keys.json')), { recursive: true })
  writeFileSync(join(outside, 'keys.json'), JSON.stringify({ live: canary, test: canary }))
  writeFileSync(join(outside, 'icon.svg'), `<svg xmlns="http://www.w3.org/2000/svg"><title>${canary}</title></svg>`)
  writeFileSync(join(outside, 'connector.yaml'), manifestOf(canary.toLowerCase()).replace('name:', `name: ${canary} #`))
}
