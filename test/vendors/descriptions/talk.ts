import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { tokenWayOf } from '../../../hub-server/src/connectors/auth/account.ts'
import {
  canDo,
  perform,
  performRequest,
  testAccount,
  type Account,
  type Connector,
  type ItemAnswer,
  type Send,
  type VendorRequest,
} from '../../../hub-server/src/connectors/index.ts'
import { loopbackEgress } from '../../../hub-server/src/egress/testing/loopback-egress.ts'
import type { Example } from '../../../hub-server/src/connectors/examples/replay.ts'
import { accountFor } from '../../../hub-server/src/connectors/testing/play.ts'
import { expand } from '../../../hub-server/src/connectors/examples/repeat.ts'
import type { StoredToken } from '../../../hub-server/src/contracts/token.ts'
import type { Sandbox } from '../../../hub-server/src/sandbox/index.ts'
import { parseBody } from '../../../hub-server/src/sandbox/vendors/body.ts'
import { magicOf } from '../../../hub-server/src/sandbox/vendors/magic.ts'
import { turnOf } from '../turn.ts'
import type { Attached } from './attached.ts'
import type { Answered, Asked } from './check.ts'
import { textIn } from './maps.ts'
import { questionsFor, subjectsOf } from './questions.ts'

export interface NamedExample extends Example {
  readonly file: string
  readonly operation: string
}

/** A connector's examples, with their repetitions written out. */
export const examplesOf = async (connector: Connector): Promise<NamedExample[]> => {
  const folder = join(connector.folder, 'examples')
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()
  return Promise.all(
    names.map(async (file) => ({
      ...(expand(JSON.parse(await readFile(join(folder, file), 'utf8'))) as Example),
      file,
      operation: file.replace(/\.[^.]+\.json$/, ''),
    })),
  )
}

/** One call, as it left and as it was answered. */
export interface Exchange {
  readonly operation: string
  readonly asked: Asked
  readonly answered: Answered
}

/** What the connector and the sandbox said to each other. */
export interface Talk {
  readonly exchanges: readonly Exchange[]
  /** What became of the questions about the population, by operation. */
  readonly outcomes: ReadonlyMap<
    string,
    { readonly known: readonly ItemAnswer[]; readonly unknown: readonly ItemAnswer[] }
  >
}

/** The vendors' time that passes between two calls, so that no limit is met by chance; milliseconds. */
const pause = 10_000

/**
 * Asks the sandbox, through the engine and real HTTP, all that a connector's examples ask (their keys say how it
 * refuses: bad, limited, empty, down), and about its population, in batches and one by one.
 */
export const talk = async (connector: Connector, attached: Attached, sandbox: Sandbox): Promise<Talk> => {
  const exchanges: Exchange[] = []
  const outcomes = new Map<string, { known: ItemAnswer[]; unknown: ItemAnswer[] }>()
  const egress = loopbackEgress()
  const signal = AbortSignal.timeout(100_000)
  const examples = await examplesOf(connector)
  const control = (path: string, body: object): Promise<Response> =>
    fetch(`${sandbox.url}/_sandbox/${path}`, { method: 'POST', body: JSON.stringify(body) })

  let before: Promise<unknown> = Promise.resolve()
  const inTurn = <Done>(work: () => Promise<Done>): Promise<Done> => {
    const mine = before.then(work, work)
    before = mine
    return mine
  }

  const opened = (
    fields: Readonly<Record<string, string>>,
    token: StoredToken | null,
  ): { account: Account; send: Send } => {
    const made = accountFor(connector, fields, token)
    const account = { ...made, serverOverride: (server: string) => sandbox.vendorBase(connector.id, server) }
    const broken = [...Object.values(fields), token?.access].some((value) =>
      ['html', 'truncated'].includes(magicOf(value) ?? ''),
    )
    const send: Send = async (request, terms) => {
      const answer = await inTurn(async () => {
        await control('clock', { advance: pause })
        return performRequest(request, { signal, egress })
      })
      const address = await addressOf(connector, account, request)
      // An address that only an earlier answer gives (a file to fetch), a file or a mail server is no part of the
      // vendor's API, and what is broken on purpose none of its answers.
      if (/^https?:/.test(address) && !broken) {
        const asked = {
          method: request.method,
          url: address + request.url.slice(sandbox.vendorBase(connector.id, request.server).length),
          headers: request.headers,
          ...(await bodyOf(request)),
        }
        exchanges.push({
          operation: request.operation,
          asked,
          answered: { status: answer.status, type: answer.headers['content-type'] ?? '', text: answer.text },
        })
      }
      const error = await terms.classify(answer)
      if (error) throw error
      return answer
    }
    return { account, send }
  }
  const choices = Object.entries(connector.manifest.auth.fields).flatMap(([name, field]) =>
    field.default === undefined && field.choices?.[0] !== undefined ? [[name, field.choices[0]]] : [],
  )
  const usual = { ...(Object.fromEntries(choices) as Record<string, string>), ...attached.account }
  const tokenFor = (fields: Readonly<Record<string, string>>): StoredToken | null => {
    if (tokenWayOf(connector, accountFor(connector, fields).fields)?.manifest.grant !== 'authorization_code')
      return null
    return (
      examples.find(({ file, token }) => token && file.includes('.hit'))?.token ?? {
        access: 'test-access',
        refresh: 'test-refresh',
      }
    )
  }
  const ask = (
    operation: string,
    items: readonly unknown[],
    { account, send }: { account: Account; send: Send },
    single: boolean,
  ): Promise<ItemAnswer[]> =>
    perform({
      connector,
      operation,
      items: items.filter((item) => canDo(connector, operation, item)),
      account,
      send,
      signal,
      single,
      sleep: () => Promise.resolve(),
    })

  for (const { operation, account, token: own, inputs, input } of examples) {
    await control('reset', {})
    const fields = { ...usual, ...account }
    const at = opened(fields, own ?? tokenFor(fields))
    await (operation === 'auth' ? testAccount({ connector, ...at }) : ask(operation, inputs ?? [input], at, false))
  }
  await control('reset', {})
  for (const single of [false, true]) {
    const at = opened(usual, tokenFor(usual))
    let subjects = subjectsOf(sandbox.population, connector.id)
    for (const operation of [...connector.operations.keys()].sort((a, b) => turnOf(a) - turnOf(b))) {
      const { known = [], unknown = [] } = outcomes.get(operation) ?? {}
      const asking = await questionsFor(operation, attached, subjects)
      const found = await ask(operation, asking.known, at, single)
      outcomes.set(operation, {
        known: [...known, ...found],
        unknown: [...unknown, ...(await ask(operation, asking.unknown, at, single))],
      })
      const [capability, kind = ''] = operation.split('.')
      if (capability === 'upsertRecords')
        subjects = {
          ...subjects,
          made: { ...subjects.made, [kind]: found.flatMap(({ outputs }) => textIn(outputs[0], 'id') ?? []) },
        }
    }
  }
  return { exchanges, outcomes }
}

/** The vendor's own address in place of its stand-in's. */
const addressOf = async (
  connector: Connector,
  { fields, tokens }: Account,
  { server }: VendorRequest,
): Promise<string> => {
  const token = await tokens.get()
  const address = await connector.compiled.servers.get(server)?.(fields, {
    account: fields,
    ...(token && { token: { access: token.access, extra: token.extra ?? {} } }),
  })
  return (address ?? '').replace(/\/+$/, '')
}

const bodyOf = async ({ body, headers }: VendorRequest): Promise<{ body?: unknown }> => {
  if (body === undefined) return {}
  const parsed = await parseBody(Buffer.from(body), headers['content-type'] ?? '')
  return { body: parsed.body }
}
