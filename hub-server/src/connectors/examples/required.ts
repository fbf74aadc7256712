import type { Connector, Operation } from '../compiled/connector.ts'

/** The cases that an operation's examples must have. A case may be told apart further: hit-catch-all is a hit. */
export const requiredCases = ({ capability, many }: Operation): string[] => [
  'hit',
  ...(capability.effect === 'read' ? ['miss'] : []),
  'bad-key',
  'rate-limit',
  'malformed',
  ...(many ? ['batch-one', 'batch-most', 'batch-repeated'] : []),
]

/** Cases that lack an example, as "operation.case". */
export const missingCases = (connector: Connector, found: readonly { operation: string; case: string }[]): string[] => {
  const has = (operation: string, name: string): boolean =>
    found.some((one) => one.operation === operation && (one.case === name || one.case.startsWith(`${name}-`)))
  const keyTest = connector.compiled.test ? ['good', 'bad-key'].map((name) => ({ operation: 'auth', name })) : []
  // What needs no key cannot have a bad one.
  const keyless = Object.keys(connector.manifest.auth.fields).length === 0
  const wanted = [...connector.operations.values()].flatMap((operation) =>
    requiredCases(operation)
      .filter((name) => !(keyless && name === 'bad-key'))
      .map((name) => ({ operation: operation.key, name })),
  )
  return [...wanted, ...keyTest]
    .filter(({ operation, name }) => !has(operation, name))
    .map(({ operation, name }) => `${operation}.${name}`)
}
