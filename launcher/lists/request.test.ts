import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Problem } from '../problem.ts'
import { readRequest } from './request.ts'

const folder = mkdtempSync(join(tmpdir(), 'hub-request-'))
afterAll(() => rmSync(folder, { recursive: true }))

const file = (name: string, content = 'email\na'): string => {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}
const list = file('leads.csv')

test('everything is read, and what is not given has its usual value', () => {
  const words = [
    'verify-email',
    list,
    '--map',
    'email=E-Mail=2',
    '--map',
    'name=Full Name',
    '--option',
    'depth=free',
    '--budget',
    '5',
    '--item-budget',
    '0.05',
  ]
  expect(readRequest(words)).toEqual({
    block: 'verify-email',
    file: { path: list, type: 'csv', bytes: 7 },
    map: { email: 'E-Mail=2', name: 'Full Name' },
    options: { depth: 'free' },
    budget: 5,
    itemBudget: 0.05,
    estimate: false,
    again: false,
    mode: 'test',
    port: undefined,
    data: undefined,
    out: undefined,
  })
})

test.each([
  [[], 'It takes a block and a file'],
  [['verify-email'], 'It takes a block and a file'],
  [['verify-email', list, 'more'], '“more” is one word too many'],
  [['verify-email', list, '--bugdet', '5'], '--bugdet'],
  [['verify-email', join(folder, 'none.csv')], 'There is no file'],
  [['verify-email', folder], 'is not a file'],
  [['verify-email', file('leads.xlsx')], 'is neither .csv nor .jsonl'],
  [['verify-email', file('empty.csv', '')], 'is empty'],
  [
    ['verify-email', list, '--map', 'E-Mail'],
    'takes a name, =, and a value, e.g. --map email="E-Mail"; “E-Mail” is not that',
  ],
  [['verify-email', list, '--map', 'a=1', '--map', 'a=2'], 'names “a” twice'],
  [['verify-email', list, '--budget', '5$'], '--budget takes US dollars'],
  [['verify-email', list, '--item-budget', '-1'], 'item-budget'],
  [['verify-email', list, '--port', '0'], '--port takes a port number'],
])('%j is refused in a sentence, with exit code 1', (words, message) => {
  const read = (): unknown => readRequest(words)
  expect(read).toThrow(Problem)
  expect(read).toThrow(message)
  try {
    read()
  } catch (error) {
    expect(error).toMatchObject({ exitCode: 1 })
  }
})
