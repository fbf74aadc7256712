import { wavesOf, type Unit } from '../../capabilities/waves.ts'
import { HubError } from '../../contracts/errors.ts'
import type { Connector, Operation } from '../compiled/connector.ts'
import { misfit } from '../read/fits.ts'

export interface Plan {
  readonly waves: readonly (readonly Unit[])[]
  /** Items that are not asked about. */
  readonly refused: readonly { readonly position: number; readonly error: HubError }[]
}

/** What is to be asked: each thing once, in waves; without the items that the operation cannot work with. */
export const planOf = (connector: Connector, operation: Operation, items: readonly unknown[]): Plan => {
  const entries = items.map((given, position) => {
    const input = typeof given === 'object' && given !== null ? { ...given } : given
    return { position, input, error: wrongWith(connector, operation, input) }
  })
  const waves = wavesOf(
    operation.capability,
    entries.filter(({ error }) => !error),
  )
  return { waves, refused: entries.flatMap(({ position, error }) => (error ? [{ position, error }] : [])) }
}

const wrongWith = (connector: Connector, operation: Operation, item: unknown): HubError | null => {
  const problem = misfit(operation.capability.input, item)
  if (problem)
    return new HubError('invalid_input', `The input is not right: ${problem.path} ${problem.message}.`, {
      fields: [problem],
    })
  const { needs = [], cannot = [] } = operation.manifest
  const refused = cannot.filter((name) => isGiven(item, name))
  if (refused.length) {
    return new HubError('unsupported', `${connector.manifest.name} cannot go by ${refused.join(', ')}.`, {
      provider: connector.id,
      advice: 'Leave that out, or choose another provider.',
    })
  }
  if (hasNeeded(operation, item)) return null
  return new HubError(
    'unsupported',
    `${connector.manifest.name} needs ${needs.map((names) => names.join(' + ')).join(', or ')} for this.`,
    { provider: connector.id, advice: 'Fill in these fields, or choose another provider.' },
  )
}

/** Whether an item holds one of the sets of inputs that the operation can work with, and none that it cannot honour. */
export const hasNeeded = ({ manifest }: Operation, item: unknown): boolean => {
  const { needs = [], cannot = [] } = manifest
  if (cannot.some((name) => isGiven(item, name))) return false
  return needs.length === 0 || needs.some((names) => names.every((name) => isGiven(item, name)))
}

const isGiven = (item: unknown, name: string): boolean => {
  const value = name
    .split('.')
    .reduce<unknown>(
      (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
      item,
    )
  // A switch that is off asks for nothing.
  if (value === undefined || value === null || value === false) return false
  return typeof value === 'string' ? value.trim() !== '' : !(Array.isArray(value) && value.length === 0)
}
