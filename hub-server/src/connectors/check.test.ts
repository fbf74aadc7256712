import { mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { checkConnector } from './check.ts'
import { createConnector } from './create.ts'

const scaffold = fileURLToPath(new URL('../../scaffold', import.meta.url))
let place: string
let folder: string
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'hub-connector-'))
  folder = createConnector(scaffold, place, 'Acme CRM')
})
afterEach(() => rmSync(place, { recursive: true }))

const change = (file: string, from: string, to: string): void =>
  writeFileSync(join(folder, file), readFileSync(join(folder, file), 'utf8').replace(from, to))

it('a new connector works as it stands', async () => {
  const { good, lines } = await checkConnector(folder)
  expect(lines).toEqual(['Acme CRM: connector.yaml is right. It can: enrichPerson.', '7 examples, all right.'])
  expect(good).toBe(true)
  expect(folder.endsWith('acme-crm')).toBe(true)
})

it('a mistake is told with its place and what to write instead', async () => {
  change('connector.yaml', 'enrichPerson:', 'enrichPersn:')
  const { good, lines } = await checkConnector(folder)
  expect(good).toBe(false)
  expect(lines.join('\n')).toMatch(
    new RegExp(
      String.raw`connector\.yaml:\d+:\d+\n {2}There is no capability "enrichPersn"\.` +
        String.raw`\n {2}Did you mean "enrichPerson"\?\n1 mistake$`,
    ),
  )
})

it('an example that does not hold, and one that is not there, are told', async () => {
  change('examples/enrichPerson.hit.json', 'Head of Sales', 'Boss')
  unlinkSync(join(folder, 'examples', 'enrichPerson.malformed.json'))
  const { good, lines } = await checkConnector(folder)
  expect(good).toBe(false)
  expect(lines.join('\n')).toMatch(/examples\/enrichPerson\.hit\.json\n {2}item 0: .*Boss.* was expected/)
  expect(lines.join('\n')).toContain('No example shows: enrichPerson.malformed.')
})

it('a folder that is there already is left as it is, and a name must have letters', () => {
  expect(() => createConnector(scaffold, place, 'acme crm')).toThrow(/already/)
  expect(() => createConnector(scaffold, place, '…')).toThrow(/no name/)
})

it('a folder without a connector is told what to do', async () => {
  expect(await checkConnector(place)).toMatchObject({
    good: false,
    lines: [expect.stringContaining('./hub connector new')],
  })
})
