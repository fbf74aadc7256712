import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { capabilitiesInWords } from '../../hub-server/console/src/words/capabilities.ts'
import { choiceInWords } from '../../hub-server/console/src/words/choices.ts'
import { loadConnectors, type Connector } from '../../hub-server/src/connectors/index.ts'

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
