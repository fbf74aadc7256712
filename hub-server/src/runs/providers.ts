import type { Block } from '../blocks/block.ts'
import type { FormHint } from '../contracts/block.ts'
import type { Providers } from '../gateway/providers.ts'

/** Checks the providers named in a block's options before a run is accepted; which options name providers, the block's form says. */
export const checkProvidersIn =
  (providers: Providers) =>
  (block: Block, options: unknown): void => {
    for (const [name, schema] of Object.entries(block.contract.options.properties)) {
      const hint: FormHint | undefined = 'x-form' in schema ? (schema['x-form'] as FormHint) : undefined
      if (hint?.kind !== 'providers') continue
      const value: unknown = options && typeof options === 'object' ? Object.entries(options).find(([key]) => key === name)?.[1] : undefined
      providers.check(hint.capability, Array.isArray(value) ? value.map(String) : typeof value === 'string' ? [value] : [])
    }
  }
