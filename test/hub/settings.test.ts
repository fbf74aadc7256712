import { expect, test } from 'vitest'
import { readConfig } from '../../hub-server/src/config.ts'
import { settings } from '../../hub-server/src/settings.ts'
import { envExample, isFresh } from '../generate/env-example.ts'

/** The lines of .env.example that set something, as if somebody had taken the # away. */
const shown = [...envExample().matchAll(/^# ([A-Z0-9_]+)=(.*)$/gm)].map(([, name = '', value = '']) => ({
  name,
  value,
}))

test('.env.example is what config.ts says', () => {
  expect(isFresh(), 'run: node test/generate/env-example.ts').toBe(true)
})

test('it shows every setting that the hub reads, and no other', () => {
  const read = new Set<string>()
  readConfig(new Proxy<NodeJS.ProcessEnv>({}, { get: (_env, name) => void read.add(String(name)) }))
  expect(shown.map(({ name }) => name).sort()).toEqual([...read].sort())
})

test('the defaults that it shows change nothing', () => {
  const defaults = shown.filter(({ name }) =>
    Object.entries(settings).some(([one, setting]) => one === name && 'default' in setting),
  )
  expect(defaults.length).toBeGreaterThan(5)
  expect(readConfig(Object.fromEntries(defaults.map(({ name, value }) => [name, value])))).toEqual(readConfig({}))
})
