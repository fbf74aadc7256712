import type { BlockContext, ProviderFacts } from '../block.ts'

const missing = (name: string) => () => {
  throw new Error(`This block must not use ${name}`)
}

/** A context with these parts; what a block must not touch throws. */
export const contextWith = (parts: Partial<BlockContext>): BlockContext => ({
  scope: { workspace: 'w', mode: 'test' },
  run: 'r',
  ask: missing('services'),
  providers: missing('services'),
  notWritten: missing('services'),
  locked: missing('locks'),
  fetchPage: missing('websites'),
  resolveMx: missing('mail servers'),
  leads: new Proxy({} as BlockContext['leads'], { get: missing('the store') }),
  signal: new AbortController().signal,
  now: () => new Date(),
  ...parts,
})

/** A provider that is asked by its id and has nothing particular about it. */
export const plainProvider = (id: string, connection = 'c'): ProviderFacts => ({
  id,
  connection,
  name: id,
  can: () => true,
  whole: [],
  companyIsRecord: false,
})
