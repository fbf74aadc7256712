import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openCatalogue, type Catalogue } from './catalogue.ts'
import { createConnector } from './create.ts'

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))
let own: string
let builtIn: string
let catalogue: Catalogue
beforeEach(async () => {
  ;[own, builtIn] = [mkdtempSync(join(tmpdir(), 'hub-own-')), mkdtempSync(join(tmpdir(), 'hub-built-in-'))]
  cpSync(path('../../connectors/zerobounce'), join(builtIn, 'zerobounce'), { recursive: true })
  catalogue = await openCatalogue({ builtIn, own: [own] }, () => undefined)
})
afterEach(async () => {
  await catalogue.close()
  for (const folder of [own, builtIn]) rmSync(folder, { recursive: true })
})

const names = () => [...catalogue.connectors().keys()]
const soon = { timeout: 10_000 }

it('a folder that comes is a connector at once, one that is broken is told of, and one that goes is gone', async () => {
  expect(names()).toEqual(['zerobounce'])
  const folder = createConnector(path('../../scaffold'), own, 'Acme')
  await expect.poll(names, soon).toEqual(['zerobounce', 'acme'])

  const file = join(folder, 'connector.yaml')
  const good = readFileSync(file, 'utf8')
  writeFileSync(file, good.replace('enrichPerson:', 'enrichNobody:'))
  await expect.poll(names, soon).toEqual(['zerobounce'])
  expect(catalogue.problems()).toMatchObject([{ message: 'There is no capability "enrichNobody".' }])

  writeFileSync(file, good.replace('Fills in', 'Fills well in'))
  await expect.poll(() => catalogue.connectors().get('acme')?.manifest.description, soon).toMatch(/^Fills well in/)
  expect(catalogue.problems()).toEqual([])

  rmSync(folder, { recursive: true })
  await expect.poll(names, soon).toEqual(['zerobounce'])
})

it('nobody takes the id of one that comes with the hub', async () => {
  createConnector(path('../../scaffold'), own, 'ZeroBounce')
  await expect
    .poll(() => catalogue.problems().map(({ message }) => message), soon)
    .toEqual(['The id "zerobounce" is taken by a connector that comes with the hub.'])
  expect(catalogue.connectors().get('zerobounce')?.builtIn).toBe(true)
})
