import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  bombOf,
  expression,
  icon,
  insideGood,
  manifest,
  manifestOf,
  mutated,
  noise,
  oneOf,
  sandbox,
  sandboxOf,
  some,
  type Evil,
} from './evil-parts.ts'

export const yaml: readonly Evil[] = [
  manifest('an unknown alias', (id) => insideGood(id, 'maps: *nothing')),
  manifest('an alias bomb', (_id, random) => bombOf(random)),
  manifest('an alias bomb in a good one', (id, random) =>
    insideGood(id, `maps: {}\ntables:\n  ${bombOf(random).replaceAll('\n', '\n  ')}`),
  ),
  manifest('an alias of itself', (id) => insideGood(id, 'maps: { contact: &all { email: *all } }')),
  manifest('a hundred names for much', (id, random) => {
    const rows = Array.from({ length: some(random, 50, 400) }, (_, at) => `k${at}: "=$a${at} & a.b"`).join(', ')
    const names = Array.from({ length: 99 }, (_, at) => `n${at}: *much`).join(', ')
    return manifestOf(id).replace(
      'get: /check, query: { email: =email }',
      `post: /check, json: { much: &much { ${rows} }, ${names} }`,
    )
  }),
  manifest('names among names', (id, random) => {
    const count = some(random, 20, 250)
    const names = (name: string) => Array<string>(count).fill(`*${name}`).join(', ')
    const many = 'x, '.repeat(some(random, 100, 15_000))
    return insideGood(id, `tables: { w: { a: &a [x], b: &b [${names('a')}], c: [${names('b')}], d: [${many}] } }`)
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
      `tables: { a: { b: ${oneOf(random, ['!!binary aGk=', '!!set { a }', '!!js/function f', '!o x', '!<t:x> y'])} } }`,
    ),
  ),
  manifest(
    'YAML 1.1',
    (id) => `%YAML 1.1\n---\n${insideGood(id, 'tables: { a: { b: 2001-12-14t21:59:43.10-05:00, c: 0o7 } }')}`,
    true,
  ),
  manifest('many documents', (id, random) => `${manifestOf(id)}---\n`.repeat(some(random, 2, 50)).slice(0, 60_000)),
  manifest('many names', (id, random) =>
    insideGood(id, Array.from({ length: some(random, 100, 6_000) }, (_, at) => `k${at}: 1`).join('\n')),
  ),
  manifest('a long name', (id, random) => insideGood(id, `${'a'.repeat(some(random, 300, 60_000))}: 1`)),
  manifest('lists as names', (id) => insideGood(id, 'tables: { ? [a, b] : c, ? { d: e } : f }')),
  manifest(
    'names by birth',
    (id, random) =>
      insideGood(
        id,
        `tables: { a: { ${oneOf(random, ['__proto__', '"__proto__"', 'constructor', 'toString'])}: { bad: yes } } }`,
      ),
    true,
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
  manifest('comments', (id, random) => `${'# a\n'.repeat(some(random, 10, 14_000))}${manifestOf(id)}`, true),
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

export const expressions: readonly Evil[] = [
  expression('brackets', (random) => `=${'('.repeat(some(random, 100, 4_000))}`),
  expression(
    'whole brackets',
    (random) => {
      const depth = some(random, 100, 2_000)
      return `=${'('.repeat(depth)}1${')'.repeat(depth)}`
    },
    true,
  ),
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
  expression('a wrong signature', (random) => `=function($x)<${'('.repeat(some(random, 1, 400))}s:s>{ $x }`, true),
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

export const pictures: readonly Evil[] = [
  icon('HTML', () => '<!doctype html><script>alert(1)</script>'),
  icon('a script', () => '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
  icon(
    'a page within',
    () => '<svg xmlns="http://www.w3.org/2000/svg" onload="a()"><foreignObject><iframe src="/"/></foreignObject></svg>',
  ),
  icon('entities', (random) => `<!DOCTYPE svg [<!ENTITY a "${'x'.repeat(some(random, 10, 1_000))}">]><svg>&a;</svg>`),
  icon('an entity of a file', () => '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>'),
  icon('another kind', () => '\u0089PNG\r\n\u001a\n'),
  icon('comments', (random) => `${'<!-- -->'.repeat(some(random, 10, 8_000))}<svg/>`),
  icon('a comment without end', (random) => `<!--${'-'.repeat(some(random, 10, 60_000))}`),
  icon('white space', (random) => ' '.repeat(some(random, 10, 60_000))),
  icon('a name like it', () => '<svgx></svgx>'),
]

export const sandboxes: readonly Evil[] = [
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
