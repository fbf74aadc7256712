import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { capabilitiesInWords } from '../../hub-server/console/src/words/capabilities.ts'
import { checkedInWords } from '../../hub-server/console/src/words/checked.ts'
import { choiceInWords } from '../../hub-server/console/src/words/choices.ts'
import { loadConnectors, type Connector } from '../../hub-server/src/connectors/index.ts'
import type { ShownConnector } from '../../hub-server/src/contracts/connector.ts'

let connectors: readonly Connector[]
beforeAll(async () => {
  const builtIn = fileURLToPath(new URL('../../hub-server/connectors', import.meta.url))
  const loaded = await loadConnectors({ builtIn })
  expect(loaded.problems).toEqual([])
  connectors = [...loaded.connectors.values()]
})

/** What the page shows of a connector, wherever it comes from. */
const shownOf = ({ operations, manifest: { description = '', price, auth } }: Connector): string[] => [
  description,
  price?.note ?? '',
  ...Object.values(auth.fields).flatMap(({ label, help = '', choices = [] }) => [
    label,
    help,
    ...choices.map(choiceInWords),
  ]),
  ...capabilitiesInWords([...operations.values()].map(({ capability }) => capability.name)),
]

test('no built-in connector speaks in programmers’ words to who connects it', () => {
  const words = new RegExp(
    String.raw`(?<!\/)\b(scopes?|json|jsonata|endpoints?|openapi|payload|grant|oauth2?)\b(?! (client|settings|` +
      String.raw`& permissions))|\bupsert|[a-z]Records\b`,
    'i',
  )
  const found = connectors.flatMap((connector) =>
    shownOf(connector)
      .filter((text) => words.test(text))
      .map((text) => `${connector.manifest.name}: ${text}`),
  )
  expect(found).toEqual([])
})

test.each([
  [undefined, /^Unproven: .*anything that Acme publishes\.$/],
  [{ against: 'nothing', on: '2026-11-12' }, /^Unproven/],
  [{ against: 'docs' }, /^Compared with what Acme publishes for this\.$/],
  [{ against: 'official', on: '2026-11-12' }, /for this on 12 November 2026\.$/],
])('a connector that says %o of how it was checked is told of so', (checked, words) => {
  const acme: ShownConnector = {
    id: 'acme',
    name: 'Acme',
    docs: 'https://acme.example',
    groups: [],
    capabilities: [],
    icon: '',
    auth: { fields: [] },
    prices: [],
    checked,
    connected: false,
  }
  expect(checkedInWords(acme)).toMatch(words)
})
