import { answer, type MadeAnswer } from './answers.ts'
import { expression, type Expression, type Scope } from './expression.ts'
import type { SandboxFile, Answer, RefusalKind, Route } from './format.ts'
import { isExpression } from '../../connectors/compiled/template.ts'
import type { Extend, VendorVariables } from './variables.ts'

/** What a route gave, and what it costs. */
export interface Outcome {
  /** False when one of the route's own refusals held. */
  readonly success: boolean
  readonly made: MadeAnswer
  readonly charge: number
}

export interface CompiledRoute {
  /** e.g. GET /v2/email-verifier: how it is counted. */
  readonly name: string
  readonly route: Route
  readonly fits: (scope: Scope) => Promise<boolean>
  readonly answer: (scope: Scope) => Promise<Outcome>
  readonly refusal: (kind: RefusalKind, scope: Scope) => Promise<MadeAnswer>
}

export interface Matched {
  readonly route: CompiledRoute
  readonly params: Readonly<Record<string, string>>
}

const defaults: Readonly<Record<RefusalKind, Answer>> = {
  unauthorized: { status: 401, json: { error: 'unauthorized' } },
  exhausted: { status: 402, json: { error: 'no credits left' } },
  limited: { status: 429, headers: { 'Retry-After': '=$string($retryAfter)' }, json: { error: 'too many requests' } },
  unavailable: { status: 503, json: { error: 'unavailable' } },
  missing: { status: 404, json: { error: 'not found' } },
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const

const addressOf = (route: Route): { method: string; path: string } => {
  for (const method of methods) {
    const path = route[method]
    if (path !== undefined) return { method: method.toUpperCase(), path }
  }
  return { method: 'GET', path: '/' }
}

const chargeOf = (charge: Route['charge'], what: string): Expression =>
  isExpression(charge) ? expression(charge.slice(1), `${what}/charge`) : () => Number(charge ?? 0)

const compileRoute = (file: SandboxFile, variables: VendorVariables, route: Route, what: string): CompiledRoute => {
  const { method, path } = addressOf(route)
  const when = route.when === undefined ? undefined : expression(route.when.slice(1), `${what}/when`)
  const success = answer(route, what)
  const charge = chargeOf(route.charge, what)
  const refuse = (route.refuse ?? []).map((row, at) => ({
    when: expression(row.when.slice(1), `${what}/refuse/${at}/when`),
    make: answer(row, `${what}/refuse/${at}`),
  }))
  const extend = variables.extend(JSON.stringify(route), route.let ?? {}, `${what}/let`)
  const refusals = new Map<RefusalKind, { extend: Extend; make: ReturnType<typeof answer> }>()

  return {
    name: `${method} ${path}`,
    route,
    fits: async (scope) => when === undefined || (await when(scope)) === true,
    answer: async (given) => {
      const scope = await extend(given)
      for (const row of refuse) {
        const held = row.when(scope)
        if ((held instanceof Promise ? await held : held) === true)
          return { success: false, made: await row.make(scope), charge: 0 }
      }
      const made = await success(scope)
      return { success: true, made, charge: Number((await charge(scope)) ?? 0) }
    },
    refusal: async (kind, scope) => {
      const known = refusals.get(kind)
      if (known) return known.make(await known.extend(scope))
      const content = route.errors?.[kind] ?? file.errors?.[kind] ?? defaults[kind]
      const fresh = {
        extend: variables.extend(JSON.stringify(content), {}, what),
        make: answer(content, `${what}/errors/${kind}`),
      }
      refusals.set(kind, fresh)
      return fresh.make(await fresh.extend(scope))
    },
  }
}

const patternOf = (path: string): { test: RegExp; names: string[] } => {
  const names: string[] = []
  const source = path.split(/(\{\w+\*?\})/).map((piece) => {
    const name = /^\{(\w+)(\*?)\}$/.exec(piece)
    if (!name) return piece.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
    names.push(name[1] ?? '')
    return name[2] ? '(.+)' : '([^/]+)'
  })
  return { test: new RegExp(`^${source.join('')}$`), names }
}

const decoded = (piece: string): string => {
  try {
    return decodeURIComponent(piece)
  } catch (thrown) {
    if (thrown instanceof URIError) return piece
    throw thrown
  }
}

/** A vendor's routes, found by method, server and path: a path without {…} goes before one with it. */
export const compileRoutes = (file: SandboxFile, variables: VendorVariables, vendor: string) => {
  const prefix = file.prefix ?? ''
  const fixed = new Map<string, CompiledRoute[]>()
  const patterns: { method: string; test: RegExp; names: string[]; route: CompiledRoute }[] = []
  file.routes.forEach((content, number) => {
    const { method, path } = addressOf(content)
    const route = compileRoute(file, variables, content, `${vendor}/sandbox.yaml routes/${number} (${method} ${path})`)
    const paths = prefix !== '' && path.startsWith(`${prefix}/`) ? [path, path.slice(prefix.length)] : [path]
    for (const each of paths) {
      if (each.includes('{')) patterns.push({ method, ...patternOf(each), route })
      else fixed.set(`${method} ${each}`, [...(fixed.get(`${method} ${each}`) ?? []), route])
    }
  })
  const nowhere = compileRoute(file, variables, { get: '/' }, `${vendor}/sandbox.yaml`)

  return {
    /** The answer for a path that the vendor does not have. */
    missing: (scope: Scope): Promise<MadeAnswer> => nowhere.refusal('missing', scope),
    find(method: string, server: string, given: string): Matched[] {
      const path = given.length > 1 && given.endsWith('/') ? given.slice(0, -1) : given
      const here = (route: CompiledRoute): boolean => route.route.server === undefined || route.route.server === server
      const exact = (fixed.get(`${method} ${path}`) ?? []).filter(here)
      if (exact.length > 0) return exact.map((route) => ({ route, params: {} }))
      return patterns.flatMap(({ test, names, route, ...at }) => {
        const found = at.method === method && here(route) ? test.exec(path) : null
        return found
          ? [
              {
                route,
                params: Object.fromEntries(names.map((name, number) => [name, decoded(found[number + 1] ?? '')])),
              },
            ]
          : []
      })
    },
  }
}
export type Routes = ReturnType<typeof compileRoutes>
