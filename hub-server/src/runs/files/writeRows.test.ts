import { describe, expect, test } from 'vitest'
import type { FileForm } from '../../contracts/file-form.ts'
import { readRows } from './readRows.ts'
import { columnsOf, csvOf, jsonLinesOf, type ResultRow } from './writeRows.ts'

const streamOf = async function* <Value>(values: readonly Value[]): AsyncGenerator<Value> {
  yield* values
}

const textOf = async (chunks: AsyncIterable<string>): Promise<string> => (await Array.fromAsync(chunks)).join('')

const csvFor = async (results: readonly ResultRow[]): Promise<string> =>
  textOf(csvOf(streamOf(results), await columnsOf(streamOf(results))))

const lines = (csv: string): string[] => csv.replace('\ufeff', '').trimEnd().split('\n')

const done = (input: Record<string, unknown>, ...outputs: unknown[]): ResultRow => ({
  item: 0,
  status: 'done',
  input,
  outputs,
})

test('the columns are the inputs’, then the outputs’ by their paths, then what became of the item', async () => {
  const results = [
    done({ email: 'a', note: 'n' }, { email: 'a', verdict: 'ok', emailChecks: { isRole: true } }),
    done({ city: 'c' }, { emailChecks: { isFree: false } }),
  ]
  const columns = [
    'email',
    'note',
    'city',
    'verdict',
    'emailChecks.isRole',
    'emailChecks.isFree',
    'result.status',
    'result.reason',
    'result.error',
    'result.advice',
  ]
  expect(await columnsOf(streamOf(results))).toEqual(columns)
  expect(lines(await csvFor(results))).toEqual([columns.join(','), 'a,n,,ok,true,,done,,,', ',,c,,,false,done,,,'])
})

test('each output is a row with its item’s values, and an item without outputs is one', async () => {
  const error = { kind: 'timeout' as const, message: 'No answer.', advice: 'Try later.' }
  const results: ResultRow[] = [
    done({ website: 'a.example' }, { email: 'x' }, { email: 'y' }),
    { item: 1, status: 'done', input: { website: 'b.example' }, outputs: [], reason: 'nobody there' },
    { item: 2, status: 'failed', input: { website: 'c.example' }, outputs: [], error },
  ]
  expect(lines(await csvFor(results)).slice(1)).toEqual([
    'a.example,x,done,,,',
    'a.example,y,done,,,',
    'b.example,,done,nobody there,,',
    'c.example,,failed,,No answer.,Try later.',
  ])
})

test('an output’s value stands over the input’s of the same name, and a company without fields stays', async () => {
  const [, row] = lines(
    await csvFor([done({ email: 'OLD', company: 'Acme' }, { email: 'new', company: { employees: 3 } })]),
  )
  expect(row).toBe('new,Acme,3,done,,,')
})

test('lists are readable, and other things are JSON', async () => {
  const [header, row] = lines(await csvFor([done({ tags: ['a', 'b'], people: [{ n: 1 }] }, 'plain')]))
  expect(header).toBe('tags,people,output,result.status,result.reason,result.error,result.advice')
  expect(row).toBe('a; b,"[{""n"":1}]",plain,done,,,')
})

test('results of results carry what became of the item in the last run only', async () => {
  const [header, row] = lines(
    await csvFor([done({ email: 'a', 'result.status': 'failed', 'result.error': 'earlier' })]),
  )
  expect(header).toBe('email,result.status,result.reason,result.error,result.advice')
  expect(row).toBe('a,done,,,')
})

test.each([
  ['=1+1', "'=1+1"],
  ['+1-2', "'+1-2"],
  ['+cmd|calc', "'+cmd|calc"],
  ['+49 30 1234567*2', "'+49 30 1234567*2"],
  ['+1 555 0100 0100 0100 0100', "'+1 555 0100 0100 0100 0100"],
  ['-2+3', "'-2+3"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['＝1', "'＝1"],
  ['+15550100', '+15550100'],
  ['+1 (555) 0100', '+1 (555) 0100'],
  ['+49 (0)30 / 1234-56', '+49 (0)30 / 1234-56'],
  ['+44 20 7946 0958 ext. 12', '+44 20 7946 0958 ext. 12'],
  ['+49 30 1234567; +49 30 7654321', '+49 30 1234567; +49 30 7654321'],
  ['+49 30 1234567; =1+1', "'+49 30 1234567; '=1+1"],
  ['see; =1+1', "see; '=1+1"],
  [';=1+1', ";'=1+1"],
  ['a;＝1', "a;'＝1"],
  ['a;-1+cmd|x', "a;'-1+cmd|x"],
  ['a;@SUM(A1)', "a;'@SUM(A1)"],
  ['\u200b=1', "'\u200b=1"],
  ['one; -two; +three; @four', 'one; -two; +three; @four'],
  ['+1 (555) 010-0199; +1 (555) 010-0198', '+1 (555) 010-0199; +1 (555) 010-0198'],
  ['a;-12', 'a;-12'],
  ['-12', '-12'],
  ['-0.5', '-0.5'],
  ['a=b', 'a=b'],
])('a spreadsheet finds no formula in %s', async (value, written) => {
  expect(lines(await csvFor([done({ value })]))[1]).toBe(`${written},done,,,`)
})

test('tabs and line ends at the beginning, and the names of columns, are made harmless too', async () => {
  expect(await csvFor([done({ '=x': '\t=1', y: '\r=1' })])).toContain(
    `'=x,y,result.status,result.reason,result.error,result.advice\n'\t'=1,"'\r'=1",done`,
  )
})

test('JSON lines keep what is inside what', async () => {
  const text = await textOf(
    jsonLinesOf(
      streamOf([done({ email: 'a', 'result.status': 'old' }, { checks: { role: true } }), done({ email: 'b' })]),
    ),
  )
  expect(
    text
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line)),
  ).toEqual([
    { email: 'a', checks: { role: true }, result: { status: 'done' } },
    { email: 'b', result: { status: 'done' } },
  ])
})

test('the file begins with a mark, without which Excel garbles names', async () => {
  expect(await csvFor([done({ name: 'Zoë' })])).toMatch(/^\ufeffname/)
})

/**
 * Numbers that look random and are the same each time (https://en.wikipedia.org/wiki/Linear_congruential_generator).
 */
const chance =
  (seed: number) =>
  (below: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((seed / 2 ** 32) * below)
  }

test.each(Array.from({ length: 60 }, (_, seed) => seed))(
  'whatever rows hold, reading what was written gives them back (%i)',
  async (seed) => {
    const next = chance(seed + 1)
    const parts = [
      'a',
      'Zoë',
      '"',
      '""',
      ',',
      ';',
      '\t',
      '\n',
      '\r',
      '\r\n',
      ' ',
      '  x',
      "'",
      '𝒳',
      '=',
      '+',
      '-',
      '@',
      '7',
      '\u00a0',
      '\\',
      '__proto__',
    ]
    const text = (most: number): string => Array.from({ length: next(most) }, () => parts[next(parts.length)]).join('')
    const columns = Array.from({ length: 1 + next(6) }, (_, at) => `c${at}${text(3)}`.trim())
    const inputs = Array.from({ length: 1 + next(20) }, () =>
      Object.fromEntries(columns.map((column) => [column, text(7)])),
    )
    const csv = await csvFor(inputs.map((input) => done(input)))
    const read = await Array.fromAsync(readRows(streamOf([Buffer.from(csv)]), { type: 'csv', fields: [] }))
    // Of what a spreadsheet would run only the sign in front is new.
    const plain = (value: unknown): string => String(value ?? '').replaceAll("'", '')
    expect(read.map(({ problem }) => problem).filter(Boolean)).toEqual([])
    expect(read.map(({ input }) => Object.values(input).slice(0, columns.length).map(plain))).toEqual(
      inputs.map((input) => columns.map((column) => plain(input[column]))),
    )
  },
)

/** What comes out for a file that came in, where the block adds a verdict and leaves the rest. */
const roundOf = async (
  file: string | Buffer,
  { map, fields = ['email'] }: { map?: Record<string, string>; fields?: string[] } = {},
): Promise<string> => {
  let form: FileForm | undefined
  const shape = { type: 'csv' as const, fields, ...(map && { map }), onForm: (found: FileForm) => void (form = found) }
  const rows = await Array.fromAsync(readRows(streamOf([Buffer.from(file)]), shape))
  const results = rows.map(({ input }) => done(input, { ...input, verdict: 'risky' }))
  const csv = form?.type === 'csv' ? form : expect.fail('no form')
  return textOf(csvOf(streamOf(results), await columnsOf(streamOf(results), csv), csv))
}

const ours = ['verdict', 'result.status', 'result.reason', 'result.error', 'result.advice']

describe('the user’s header stays as it was', () => {
  test.each([
    ['its names and their order', 'Phone,E-Mail,first name\n1,a@b.example,Zoë\n', undefined],
    ['names that are mapped', 'Name,Work E-Mail\nZoë,a@b.example\n', { email: 'Work E-Mail' }],
    ['spaces around names', ' Name , E-Mail \nZoë,a@b.example\n', undefined],
    ['a column without a name', 'E-Mail,,Name\na@b.example,x,Zoë\n', undefined],
    [
      'a column of the field’s name that is not taken for it',
      'email,Other\nold@b.example,a@b.example\n',
      { email: 'Other' },
    ],
  ])('%s', async (_what, file, map) => {
    const [header, row] = file.trimEnd().split('\n')
    expect(await roundOf(file, map && { map })).toBe(`${header},${ours.join(',')}\n${row},risky,done,,,\n`)
  })

  test.each([
    ['semicolons', 'E-Mail;Name\na@b.example;Zoë\n', ';', '\n'],
    ['tabs', 'E-Mail\tName\na@b.example\tZoë\n', '\t', '\n'],
    ['Windows’ line ends', 'E-Mail,Name\r\na@b.example,Zoë\r\n', ',', '\r\n'],
    ['old line ends', 'E-Mail,Name\ra@b.example,Zoë\r', ',', '\r'],
    ['a byte order mark', '\ufeffE-Mail,Name\na@b.example,Zoë\n', ',', '\n'],
  ])('and so do %s', async (_what, file, delimiter, lineEnd) => {
    const [header, row] = file.split(lineEnd)
    const lines = [
      [header, ...ours],
      [row, 'risky', 'done', '', '', ''],
    ]
    expect(await roundOf(file)).toBe(lines.map((cells) => cells.join(delimiter) + lineEnd).join(''))
  })

  test('and quotes around every cell', async () => {
    const wide = ours.map((name) => `"${name}"`).join(',')
    expect(await roundOf('"E-Mail","Name"\n"a@b.example",""\n')).toBe(
      `"E-Mail","Name",${wide}\n"a@b.example","","risky","done","","",""\n`,
    )
  })

  test('but for a name that a spreadsheet would run', async () => {
    expect(await roundOf('E-Mail,=1+1\na@b.example,x\n')).toMatch(/^E-Mail,'=1\+1,verdict,/)
  })

  test(
    'also where the file holds results of an earlier run: ours stand in the columns that they ' + 'have already',
    async () => {
      const first = await roundOf('Name,E-Mail\nZoë,a@b.example\n')
      expect(await roundOf(first)).toBe(first)
    },
  )

  test('of JSON lines, too', async () => {
    let form: FileForm | undefined
    const line = '{"Name":"Zoë","E-Mail":"a@b.example"}\n'
    const rows = await Array.fromAsync(
      readRows(streamOf([Buffer.from(line)]), {
        type: 'jsonl',
        fields: ['email'],
        onForm: (found) => void (form = found),
      }),
    )
    const results = rows.map(({ input }) => done(input, { ...input, verdict: 'risky' }))
    expect(await textOf(jsonLinesOf(streamOf(results), form))).toBe(
      '{"Name":"Zoë","E-Mail":"a@b.example","verdict":"risky","result":{"status":"done"}}\n',
    )
  })
})

test('a phone number comes back from our own file as it was', async () => {
  const phones = ['+49 30 1234567', '+1 (555) 010-0199', '+442079460958']
  const csv = await csvFor(phones.map((phone) => done({ phone })))
  const read = await Array.fromAsync(readRows(streamOf([Buffer.from(csv)]), { type: 'csv', fields: [] }))
  expect(read.map(({ input }) => input.phone)).toEqual(phones)
})
