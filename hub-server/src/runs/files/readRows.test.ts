import { describe, expect, test } from 'vitest'
import { HubError } from '../../contracts/errors.ts'
import { readRows, type FileShape } from './readRows.ts'

const fields = ['email', 'firstName', 'company']
const megabyte = 1024 * 1024

const bodyOf = async function* (content: string | Buffer): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content)
}

const rowsOf = (content: string | Buffer, shape: Partial<FileShape> = {}) =>
  Array.fromAsync(readRows(bodyOf(content), { type: 'csv', fields, ...shape }))

const refusalOf = async (content: string | Buffer, shape: Partial<FileShape> = {}): Promise<HubError> => {
  const thrown: unknown = await rowsOf(content, shape).then(
    () => undefined,
    (error: unknown) => error,
  )
  if (thrown instanceof HubError) return thrown
  throw new Error('it was not refused', { cause: thrown })
}

describe('columns', () => {
  test(
    'are taken for fields of the same name, case, spaces, dashes and underscores aside; others are ' + 'carried along',
    async () => {
      expect(await rowsOf('E-Mail,First Name,COMPANY,Notes\na@b.example,Ada,Acme,likes tea\n')).toEqual([
        { input: { email: 'a@b.example', firstName: 'Ada', company: 'Acme', Notes: 'likes tea' } },
      ])
    },
  )

  test('of another name are never guessed', async () => {
    expect(await rowsOf('email address\na@b.example')).toEqual([{ input: { 'email address': 'a@b.example' } }])
  })

  test('are taken as the map says, and the field’s own column is kept beside', async () => {
    const map = { email: 'Work Mail', First_Name: 'Vorname' }
    expect(await rowsOf('email,Work Mail,Vorname\nold@b.example,new@b.example,Ada', { map })).toEqual([
      { input: { 'email (original)': 'old@b.example', email: 'new@b.example', firstName: 'Ada' } },
    ])
  })

  test('may be given to two fields', async () => {
    expect(await rowsOf('Name\nAcme', { map: { company: 'Name', firstName: 'Name' } })).toEqual([
      { input: { company: 'Acme', firstName: 'Acme' } },
    ])
  })

  test('that fit one field equally well are refused with both names, unless one has the very name', async () => {
    expect((await refusalOf('E-Mail,e_mail\na,b')).message).toContain('“E-Mail” and “e_mail”')
    expect(await rowsOf('E-Mail,email\na,b')).toEqual([{ input: { 'E-Mail': 'a', email: 'b' } }])
  })

  test('that a map names and the file lacks are refused with those that are there', async () => {
    const refusal = await refusalOf('Mail,Name\na@b.example,Ada', { map: { email: 'E-Mail' } })
    expect(refusal.kind).toBe('invalid_input')
    expect(refusal.message).toBe('The file has no column “E-Mail” (for email). Its columns are: Mail, Name.')
  })

  test('of the same name are refused with their places', async () => {
    expect((await refusalOf('Name,City, Name \na,b,c')).message).toBe('Two columns are called “Name”: columns 1 and 3.')
  })

  test('without a name are called by their place, and no name does harm', async () => {
    expect(await rowsOf('a,,__proto__\n1,2,3')).toEqual([
      {
        input: Object.fromEntries([
          ['a', '1'],
          ['Column 2', '2'],
          ['__proto__', '3'],
        ]),
      },
    ])
  })
})

describe('a file that was made to hold the hub up', () => {
  const header = (columns: number) => Array.from({ length: columns }, (_, at) => `c${at}`).join(',')

  test('has at most a thousand columns', async () => {
    expect(await rowsOf(`${header(1000)}\nx`)).toHaveLength(1)
    const refusal = await refusalOf(`${header(100_000)}\nx`)
    expect(refusal.message).toBe('The file has 100,000 columns; at most 1,000 are read.')
    expect(refusal.advice).toContain('Leave out')
  })

  test('has names of a length that can be read', async () => {
    expect((await refusalOf(`email,${'x'.repeat(1001)}\na,b`)).message).toBe(
      'The name of column 2 is longer than 1000 characters.',
    )
  })

  test('fails alone in a row of a million cells', async () => {
    expect(await rowsOf(`email,name\na,b\n${','.repeat(1_000_000)}\nc,d`)).toEqual([
      { input: { email: 'a', name: 'b' } },
      { input: {}, problem: 'Row 3 has 1000001 cells, the header has 2.' },
      { input: { email: 'c', name: 'd' } },
    ])
  })

  test('does not fill the memory with empty cells, not even between line breaks in quotes', async () => {
    for (const cells of [',', '"\n",,,,,,,,,,,,'])
      expect((await refusalOf(`email,name\na,b\n${cells.repeat((20 * megabyte) / cells.length)}`)).message).toBe(
        'Row 3 is larger than 8 MB.',
      )
  })

  test.each([
    ['5,000 levels', `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`, 'is nested more than 32 levels deep'],
    ['100,000 names', `{${Array.from({ length: 100_000 }, (_, at) => `"${at}":1`).join()}}`, 'has more than 1,000'],
    ['a million empty lists', `{"a":[${'[],'.repeat(1_000_000)}[]]}`, 'holds more than 50,000 values'],
  ])('loses only a line of JSON with %s', async (_what, line, said) => {
    const rows = await rowsOf(`{"a":1}\n${line}\n{"a":2}`, { type: 'jsonl' })
    expect(rows.map(({ input }) => input)).toEqual([{ a: 1 }, {}, { a: 2 }])
    expect(rows[1]?.problem).toContain(`Row 2 ${said}`)
  })
})

describe('the header', () => {
  test.each([
    ['an e-mail address', 'ada@acme.example,Ada', '“ada@acme.example”'],
    ['a web address', 'https://acme.example,Ada', '“https://acme.example”'],
    ['digits', 'Ada,4711', '“4711”'],
    ['nothing', ',,', 'it is empty'],
    ['an empty line', '\nemail\na@b.example', 'it is empty'],
  ])('is missed when the first row holds %s', async (_what, first, said) => {
    const refusal = await refusalOf(`${first}\nx,y\n`)
    expect(refusal.message).toContain(said)
    expect(refusal.advice).toContain('Add a row at the top')
  })

  test.each(['', '\ufeff', ' '])('of a file with nothing in it (%j) is not asked for', async (content) => {
    expect((await refusalOf(content)).message).toMatch(/^The file is empty|it is empty/)
  })

  test('alone is no list', async () => {
    expect((await refusalOf('email,name\n,\n\n')).message).toBe('The file has a header and no rows below it.')
  })
})

describe('cells', () => {
  test.each([',', ';', '\t'])('are separated by %j when the header is', async (delimiter) => {
    const content = `"last, first; name"${delimiter}email\r\n"Lovelace, Ada; Countess"${delimiter}a@b.example\r\n`
    expect(await rowsOf(content)).toEqual([
      { input: { 'last, first; name': 'Lovelace, Ada; Countess', email: 'a@b.example' } },
    ])
  })

  test('may hold quotes and lines in quotes, and quotes without them', async () => {
    const content = 'company,note\n"Say ""hi""","one\r\ntwo"\nBob "The Man" Ltd,5" pipe\n"Big" Corp, "spaced"\n'
    expect((await rowsOf(content)).map(({ input }) => [input.company, input.note])).toEqual([
      ['Say "hi"', 'one\r\ntwo'],
      ['Bob "The Man" Ltd', '5" pipe'],
      ['"Big" Corp', 'spaced'],
    ])
  })

  test('end with any line ending, also mixed ones, and the last with none', async () => {
    expect((await rowsOf('email,company\r\na,1\nb,2\rc,3')).map(({ input }) => input.company)).toEqual(['1', '2', '3'])
  })

  test('too few or too many are their row’s problem, with the row’s number, and are kept', async () => {
    expect(await rowsOf('email,name,city\na,"x\ny",b\n\n,,\nc\nd,e,f,g,h\ni,j,k')).toEqual([
      { input: { email: 'a', name: 'x\ny', city: 'b' } },
      { input: { email: 'c' }, problem: 'Row 5 has 1 cell, the header has 3.' },
      {
        input: { email: 'd', name: 'e', city: 'f', 'Column 4': 'g', 'Column 5': 'h' },
        problem: 'Row 6 has 5 cells, the header has 3.',
      },
      { input: { email: 'i', name: 'j', city: 'k' } },
    ])
  })

  test('over 1 MB are left out and their row’s problem', async () => {
    const rows = await rowsOf(`email,note\na,${'x'.repeat(megabyte)}\nb,${'é'.repeat(megabyte / 2 + 1)}\nc,d`)
    expect(rows.map(({ problem }) => problem)).toEqual([
      undefined,
      'Row 3 holds more than 1 MB under “note”; that value was left out.',
      undefined,
    ])
    expect(rows[1]?.input).toEqual({ email: 'b', note: '' })
  })

  test('over 8 MB refuse the file, with the row', async () => {
    const refusal = await refusalOf(`email,note\na,b\nc,${'x'.repeat(8 * megabyte + 1)}\nd,e`)
    expect(refusal.message).toContain('Row 3 is larger than 8 MB')
  })

  test('with a quote that is never closed refuse the file, with the row where it opens', async () => {
    expect((await refusalOf('email,note\na,b\nc,"open\nd,e\n')).message).toBe(
      'A quotation mark in row 3 is never closed.',
    )
  })
})

describe('encodings', () => {
  const content = 'email,name\na@b.example,Zoë 𝒳\n'

  test.each([
    ['UTF-8 with a mark', Buffer.from(`\ufeff${content}`)],
    ['UTF-16, little end first', Buffer.from(`\ufeff${content}`, 'utf16le')],
    ['UTF-16, big end first', Buffer.from(`\ufeff${content}`, 'utf16le').swap16()],
  ])('%s is read', async (_name, bytes) => {
    expect(await rowsOf(bytes)).toEqual([{ input: { email: 'a@b.example', name: 'Zoë 𝒳' } }])
  })

  test.each([
    ['in the header', 'e-m\xe4il,name\na,b\n', 1],
    ['as the first letter of a row', 'email,name\na,b\n\xe4,c\n', 3],
    ['inside quotes', 'email,name\na,"x\ny"\nb,"R\xe9ne"\n', 3],
    ['far down', `email,name\n${'a,b\n'.repeat(50_000)}c,\xe9\n`, 50_002],
  ])('a byte that is not UTF-8 %s refuses the file, with its row', async (_where, latin, row) => {
    const refusal = await refusalOf(Buffer.from(latin, 'latin1'))
    expect(refusal.message).toBe(
      `This file is not UTF-8, the text encoding it has to be in: the first wrong byte is at row ${row}.`,
    )
    expect(refusal.advice).toContain('CSV UTF-8')
  })

  test('the same holds for JSON lines', async () => {
    expect((await refusalOf(Buffer.from('{"a":1}\n\n{"a":"\xe9"}\n', 'latin1'), { type: 'jsonl' })).message).toContain(
      'at row 3',
    )
  })

  test('UTF-16 without a mark and workbooks are told as what they are', async () => {
    for (const bytes of [Buffer.from(content, 'utf16le'), Buffer.from('PK\x03\x04\x14\x00\x06\x00sheet')]) {
      expect((await refusalOf(bytes)).message).toContain('not text')
    }
  })
})

describe('JSON lines', () => {
  test('give an item each; what is no object is that row’s problem', async () => {
    const rows = await rowsOf('\ufeff{"E-Mail":"a","n":{"deep":[1]}}\r\n\n[1]\n{"x":\n{"email":"b"}', { type: 'jsonl' })
    expect(rows.map(({ input }) => input)).toEqual([{ email: 'a', n: { deep: [1] } }, {}, {}, { email: 'b' }])
    expect(rows.map(({ problem }) => problem?.slice(0, 27))).toEqual([
      undefined,
      'Row 3 is not a JSON object.',
      'Row 4 is not a JSON object:',
      undefined,
    ])
  })

  test('may each lack a mapped key, but not all of them', async () => {
    const lines = `${'{"other":1}\n'.repeat(3)}{"Mail":"a"}`
    expect((await rowsOf(lines, { type: 'jsonl', map: { email: 'Mail' } })).at(-1)).toEqual({ input: { email: 'a' } })
    expect((await refusalOf(lines, { type: 'jsonl', map: { email: 'Mial' } })).message).toContain(
      'Its columns are: other, Mail.',
    )
  })

  test('of more than the first look are all given, in order', async () => {
    const lines = Array.from({ length: 250 }, (_, at) => JSON.stringify({ at })).join('\n')
    expect((await rowsOf(lines, { type: 'jsonl' })).map(({ input }) => input.at)).toEqual(
      Array.from({ length: 250 }, (_, at) => at),
    )
  })

  test('over 8 MB, and values over 1 MB, are left out and their row’s problem', async () => {
    const lines = [{ a: 'x'.repeat(8 * megabyte) }, { a: ['x'.repeat(megabyte)], b: 1 }, { a: 'y' }]
      .map((line) => JSON.stringify(line))
      .join('\n')
    expect(await rowsOf(lines, { type: 'jsonl' })).toEqual([
      { input: {}, problem: 'Row 1 is larger than 8 MB and was left out.' },
      { input: { b: 1 }, problem: 'Row 2 holds more than 1 MB under “a”; that value was left out.' },
      { input: { a: 'y' } },
    ])
  })

  test('an empty file is refused', async () => {
    expect((await refusalOf('\n \n', { type: 'jsonl' })).message).toBe('The file is empty.')
  })
})

describe('a field that the block needs and that no column is taken for', () => {
  const needs = [['email']]
  test.each([
    ['csv', 'Name,Contact Mail\nAda,a@b.example\n'],
    ['jsonl', '{"Name":"Ada","Contact Mail":"a@b.example"}\n'],
  ] as const)('is told before anything runs, with the columns there are and what to say (%s)', async (type, file) => {
    const reading = Array.fromAsync(readRows(bodyOf(file), { type, fields: ['email'], needs }))
    const problem = await reading.then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(problem).toMatchObject({
      kind: 'invalid_input',
      message: 'No column is taken for email, so nothing could be worked on. The columns are: Name, Contact Mail.',
      fields: [{ path: '/map/email' }],
    })
    expect(String(problem instanceof HubError && problem.advice)).toContain('--map email="Contact Mail"')
  })

  test('is satisfied by any of several, and by a mapping', async () => {
    const read = (header: string, map?: Record<string, string>) =>
      Array.fromAsync(
        readRows(bodyOf(`${header}\nx\n`), {
          type: 'csv',
          fields: ['mobile', 'phone'],
          needs: [['mobile', 'phone']],
          ...(map && { map }),
        }),
      )
    expect(await read('Phone')).toHaveLength(1)
    expect(await read('Number', { mobile: 'Number' })).toHaveLength(1)
    await expect(read('Number')).rejects.toThrow('No column is taken for mobile or phone')
  })
})
