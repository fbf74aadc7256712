import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
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

const readIfThere = async (path: string): Promise<unknown> => {
  try {
    const content: unknown = parse(await readFile(path, 'utf8'), { merge: true })
    return content
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR'))
      return undefined
    if (thrown instanceof Error && thrown.name.startsWith('YAML'))
      throw new HubError('invalid_input', `${path} is no YAML: ${thrown.message}`, { cause: thrown })
    throw thrown
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

/**
 * Reads <connector>/sandbox.yaml, and the limits of the connector.yaml beside it.
 * @returns null where no folder has that connector's sandbox.yaml
 * @throws HubError invalid_input when one of the files is not right
 */
export const loadVendor = async (
  folders: readonly string[],
  id: string,
  population: Population,
  clock: Clock,
): Promise<Vendor | null> => {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(id)) return null
  for (const folder of folders) {
    const content = await readIfThere(join(folder, id, 'sandbox.yaml'))
    if (content === undefined) continue
    const file = checked(SandboxFile, content, `${id}/sandbox.yaml`)
    const connector = checked(
      ConnectorLimits,
      (await readIfThere(join(folder, id, 'connector.yaml'))) ?? {},
      `${id}/connector.yaml`,
    )
    return assemble(id, file, connector, population, clock)
  }
  return null
}
