import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { codeOf, FileError, mostBytes, readInside, textOf } from '../../connectors/load/own-file.ts'
import { HubError } from '../../contracts/errors.ts'
import { checked } from '../../contracts/validate.ts'
import type { Population } from '../population/population.ts'
import { createAccounts, type Accounts } from './accounts.ts'
import type { Clock } from './clock.ts'
import { expression, type Expression, type Scope } from './expression.ts'
import { ConnectorLimits, SandboxFile } from './format.ts'
import { createKnowledge } from './knowledge.ts'
import { createLimits, type Limits } from './limits.ts'
import { magicOf } from './magic.ts'
import { keyPlace, type KeyPlace } from './presented-key.ts'
import { compileRoutes, type Routes } from './routes.ts'
import { template, type Template } from './template.ts'
import { vendorVariables } from './variables.ts'

/** A vendor, ready to answer. */
export interface Vendor {
  readonly id: string
  readonly file: SandboxFile
  readonly routes: Routes
  readonly keys: readonly KeyPlace[]
  readonly accountOf: Expression | undefined
  readonly keyIsGood: Expression | undefined
  readonly headers: Template | undefined
  readonly limits: Limits
  readonly accounts: Accounts
  /** The functions about the population, and the vendor's own variables that no request changes. */
  readonly base: () => Promise<Scope>
}

/** @throws HubError invalid_input where it is there and cannot be read */
const readIfThere = async (folder: string, name: 'connector.yaml' | 'sandbox.yaml'): Promise<unknown> => {
  try {
    const content: unknown = parse(textOf(await readInside(folder, name, mostBytes[name])), { merge: true })
    return content
  } catch (thrown) {
    if (thrown instanceof FileError && thrown.isAbsent) return undefined
    const why = thrown instanceof Error ? thrown.message : String(thrown)
    throw new HubError('invalid_input', `${join(folder, name)} cannot be read: ${why}`, { cause: thrown })
  }
}

const optional = (source: string | undefined, what: string): Expression | undefined =>
  source === undefined ? undefined : expression(source.slice(1), what)

const assemble = (
  id: string,
  file: SandboxFile,
  connector: ConnectorLimits,
  population: Population,
  clock: Clock,
): Vendor => {
  const what = `${id}/sandbox.yaml`
  const variables = vendorVariables(file.let ?? {}, `${what} let`)
  const functions: Scope = {
    ...createKnowledge(population, id, file.knows ?? 1, file.wrong ?? 0),
    now: () => new Date(clock.now()).toISOString(),
    millis: () => clock.now(),
    magic: magicOf,
  }
  return {
    id,
    file,
    routes: compileRoutes(file, variables, id),
    keys: (file.auth?.key ?? []).map(keyPlace),
    accountOf: optional(file.auth?.account, `${what} auth/account`),
    keyIsGood: optional(file.auth?.good, `${what} auth/good`),
    headers: file.headers && template(file.headers, `${what} headers`),
    limits: createLimits(file.limits ?? connector.limits ?? [], clock),
    accounts: createAccounts(clock),
    base: () => variables.base(functions),
  }
}

/** The folder of a connector where it has a sandbox.yaml, whatever that is; null where not. */
export const folderOf = async (within: string, id: string): Promise<string | null> => {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(id)) return null
  const folder = join(within, id)
  try {
    await lstat(join(folder, 'sandbox.yaml'))
    return folder
  } catch (thrown) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(thrown))) return null
    throw thrown
  }
}

/**
 * Reads a connector's sandbox.yaml, and the limits of the connector.yaml beside it.
 * @throws HubError invalid_input when one of the files is not right
 */
export const loadVendor = async (folder: string, id: string, population: Population, clock: Clock): Promise<Vendor> => {
  const content = await readIfThere(folder, 'sandbox.yaml')
  const file = checked(SandboxFile, content, `${id}/sandbox.yaml`)
  const limits = (await readIfThere(folder, 'connector.yaml')) ?? {}
  return assemble(id, file, checked(ConnectorLimits, limits, `${id}/connector.yaml`), population, clock)
}
