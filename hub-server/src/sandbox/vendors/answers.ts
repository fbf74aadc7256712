import type { Answer } from './format.ts'
import type { Scope } from './expression.ts'
import { template } from './template.ts'

/** An answer, made for one request. */
export interface MadeAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Content-Type, where there is a body. */
  readonly type?: string
  readonly body: string
}

export const headersOf = (value: unknown): Record<string, string> =>
  value !== null && typeof value === 'object'
    ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name.toLowerCase(), String(each)]))
    : {}

/** Compiles an answer of a sandbox.yaml. @throws HubError invalid_input naming the place */
export const answer = (content: Answer, what: string): ((scope: Scope) => Promise<MadeAnswer>) => {
  const { status, headers, json, text, type } = content
  const make = template(
    {
      ...(status !== undefined && { status }),
      ...(headers && { headers }),
      ...(json !== undefined && { json }),
      ...(text !== undefined && { text }),
    },
    what,
  )
  return async (scope) => {
    const made: { status?: unknown; headers?: unknown; json?: unknown; text?: unknown } = Object(await make(scope))
    const common = { status: Number(made.status ?? 200), headers: headersOf(made.headers) }
    if (made.json !== undefined)
      return { ...common, type: type ?? 'application/json; charset=utf-8', body: JSON.stringify(made.json) }
    if (made.text !== undefined)
      return { ...common, type: type ?? 'text/plain; charset=utf-8', body: String(made.text) }
    return { ...common, body: '' }
  }
}
