import { expect, test } from 'vitest'
import { catalogue, isFresh } from '../generate/catalogue.ts'
import { loadConnectors } from '../../hub-server/src/connectors/index.ts'
import { builtIn } from './stage.ts'

test('docs/connectors.md is what the connectors say', async () => {
  expect(await isFresh(), 'run: node test/generate/catalogue.ts').toBe(true)
})

test('every connector is described there once', async () => {
  const headings = [...(await catalogue()).matchAll(/^### (.*)$/gm)].map(([, name]) => name)
  const { connectors } = await loadConnectors({ builtIn })
  expect(headings.sort()).toEqual([...connectors.values()].map(({ manifest: { name } }) => name).sort())
})
