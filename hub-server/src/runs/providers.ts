import type { Block } from '../blocks/block.ts'
import type { ByOption, FormHint } from '../contracts/block.ts'
import type { Providers } from '../gateway/providers.ts'

/**
 * Checks the providers named in a block's options before a run is accepted; which options name providers, the block's
 * form says.
 */
export const checkProvidersIn =
  (providers: Providers) =>
  (block: Block, options: unknown): void => {
    const given = new Map<string, unknown>(Object.entries(options ?? {}))
    for (const [name, schema] of Object.entries(block.contract.options.properties)) {
      const hint: FormHint | undefined = 'x-form' in schema ? (schema['x-form'] as FormHint) : undefined
      if (hint?.kind !== 'providers') continue
      const [capability = '', kind] = capabilityOf(hint.capability, given).split('.')
      providers.check(capability, namesIn(given.get(name)), kind)
    }
  }

const namesIn = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.map(String)
  return typeof value === 'string' ? [value] : []
}

const capabilityOf = (capability: string | ByOption, options: ReadonlyMap<string, unknown>): string =>
  typeof capability === 'string' ? capability : (capability.of[String(options.get(capability.option))] ?? '')
