import type { Capability } from '../../capabilities/capability.ts'
import { milliseconds } from '../../contracts/duration.ts'
import type { Batch, Job, Operation, Step, Way } from '../compiled/connector.ts'
import type { Operation as OperationManifest } from '../manifest/operation.ts'
import type { Batch as BatchManifest, Request as RequestManifest, Way as WayManifest } from '../manifest/request.ts'
import { compileValue } from '../compiled/template.ts'
import {
  compileErrors,
  compileRequest,
  expression,
  knowing,
  optionalExpression,
  statusesOf,
  type Compiler,
  type Aim,
} from './compileRequest.ts'
import { suggestion, type Path } from './problem.ts'

export type Capabilities = Readonly<Record<string, Capability>>

/** One operation, ready to run; null when it is none of the hub's capabilities. */
export const compileOperation = (
  key: string,
  manifest: OperationManifest,
  capabilities: Capabilities,
  compiler: Compiler,
): Operation | null => {
  const path = ['operations', key]
  const named = capabilityOf(key, capabilities, compiler)
  if (!named) return null
  const { capability, object } = named
  check(manifest, capability, path, compiler)
  const miss = typeof manifest.miss === 'string' ? { when: manifest.miss } : manifest.miss
  const missPath = typeof manifest.miss === 'string' ? [...path, 'miss'] : [...path, 'miss', 'when']
  const at = (name: string): Path => [...path, name]
  const inputs = propertiesOf(capability.input)
  return {
    key,
    capability,
    ...(object !== undefined && { object }),
    manifest,
    refuses: compileErrors(
      (manifest.refuses ?? []).map((row) => ({ kind: 'unsupported', ...row })),
      at('refuses'),
      compiler,
    ),
    errors: compileErrors(manifest.errors, at('errors'), compiler),
    read: compileValue(manifest.read, at('read'), compiler.compile),
    ...(manifest.one && {
      one: compileWay(
        manifest.one,
        at('one'),
        compiler,
        inputs.length > 0 ? knowing(compiler, `What ${capability.name} is asked about`, inputs) : compiler,
      ),
    }),
    ...(manifest.many && { many: compileBatch(manifest.many, at('many'), compiler) }),
    ...(miss && {
      miss: {
        status: statusesOf(miss.status),
        ...(miss.when !== undefined && { when: expression(miss.when, missPath, compiler) }),
        ...(miss.reason !== undefined && { reason: miss.reason }),
      },
    }),
    each: optionalExpression(manifest.each, at('each'), compiler),
    keep: optionalExpression(manifest.keep, at('keep'), compiler),
    charge: optionalExpression(manifest.charge, at('charge'), compiler),
    serialBy: optionalExpression(manifest.serialBy, at('serialBy'), compiler),
    notWritten: optionalExpression(manifest.notWritten, at('notWritten'), compiler),
    companyIsRecord: optionalExpression(manifest.companyIsRecord, at('companyIsRecord'), compiler),
    seenAfterMs: milliseconds(manifest.seenAfter ?? '0s'),
    ...(manifest.pages && {
      pages: {
        by: manifest.pages.by,
        size: manifest.pages.size,
        from: manifest.pages.from ?? 1,
        most: manifest.pages.most ?? 100,
        next: optionalExpression(manifest.pages.next, [...path, 'pages', 'next'], compiler),
        more: optionalExpression(manifest.pages.more, [...path, 'pages', 'more'], compiler),
        total: optionalExpression(manifest.pages.total, [...path, 'pages', 'total'], compiler),
      },
    }),
  }
}

const capabilityOf = (
  key: string,
  capabilities: Capabilities,
  { report }: Compiler,
): { capability: Capability; object?: string } | null => {
  const [name = '', object, ...rest] = key.split('.')
  const capability = Object.hasOwn(capabilities, name) ? capabilities[name] : undefined
  const at = { key }
  if (!capability) {
    report(['operations'], `There is no capability "${name}".`, suggestion(name, Object.keys(capabilities)), at)
    return null
  }
  const { variants } = capability
  if (variants && (object === undefined || !variants.names.includes(object) || rest.length)) {
    report(
      ['operations'],
      `${name} is for one ${variants.field} each.`,
      `Write ${variants.names.map((one) => `"${name}.${one}"`).join(' or ')}.`,
      at,
    )
    return null
  }
  if (!variants && object !== undefined) {
    report(['operations'], `${name} is not divided.`, `Write "${name}".`, at)
    return null
  }
  return { capability, ...(object !== undefined && { object }) }
}

const check = (manifest: OperationManifest, capability: Capability, path: Path, { report }: Compiler): void => {
  const { one, many, pages } = manifest
  if (!one && !many)
    report(path, 'This operation does not say how to ask.', 'Add "one: { get: /path }" or "many: { upTo: 100, … }".')
  if (many?.if !== undefined && !one)
    report([...path, 'many', 'if'], 'It is not said how the other items are asked about.', 'Add "one".')
  if (pages && !one) report([...path, 'pages'], 'Only what is asked one by one has pages.', 'Add "one".')
  if (pages && one?.steps)
    report([...path, 'pages'], 'Steps have no pages.', 'Ask by a plain request, or by "submit" and "poll".')
  if (pages?.by === 'link' && one?.submit)
    report(
      [...path, 'pages'],
      'A job is started anew for each page, not found by a link.',
      'Use by: number, offset or cursor.',
    )
  if (pages && !manifest.each)
    report([...path, 'pages'], 'Pages need "each": where the list of results is.', 'Add "each: =results".')
  if (pages?.by === 'cursor' && !pages.next)
    report([...path, 'pages'], 'Pages by cursor need "next": where the next cursor is.', 'Add "next: =paging.next".')
  if (one?.steps && manifest.credits !== undefined)
    report([...path, 'credits'], 'With steps, the step that costs says so.', 'Move "credits" into the step.')
  const inputs = propertiesOf(capability.input)
  const checkInput = (name: string, at: Path): void => {
    if (inputs.length && !inputs.includes(name.split('.')[0] ?? name))
      report(at, `${capability.name} has no input "${name}".`, suggestion(name, inputs))
  }
  for (const [row, names] of (manifest.needs ?? []).entries())
    for (const [column, name] of names.entries()) checkInput(name, [...path, 'needs', row, column])
  for (const [position, name] of (manifest.cannot ?? []).entries()) checkInput(name, [...path, 'cannot', position])
  if (manifest.keep && !manifest.each)
    report([...path, 'keep'], '"keep" chooses among the elements of "each".', 'Add "each: =results".')
  const outputs = propertiesOf(capability.output)
  if (typeof manifest.read === 'object' && manifest.read !== null && !Array.isArray(manifest.read))
    for (const name of Object.keys(manifest.read))
      if (outputs.length && !outputs.includes(name))
        report([...path, 'read'], `${capability.name} has no output "${name}".`, suggestion(name, outputs), {
          key: name,
        })
}

const propertiesOf = (schema: object): string[] =>
  'properties' in schema && typeof schema.properties === 'object' && schema.properties
    ? Object.keys(schema.properties)
    : []

const compileWay = (way: WayManifest, path: Path, compiler: Compiler, asking?: Compiler): Way => {
  const { submit, poll, fetch, steps, callback } = way
  if ((submit === undefined) !== (poll === undefined))
    compiler.report(path, '"submit" and "poll" belong together.', submit ? 'Add "poll".' : 'Add "submit".')
  if (fetch && !poll)
    compiler.report([...path, 'fetch'], '"fetch" brings the result of a job.', 'Add "submit" and "poll".')
  if (callback && submit)
    compiler.report(
      [...path, 'callback'],
      'A job is asked for its result.',
      'Remove it. A service that is given =$callback.url in "submit" ends the wait with its call.',
    )
  const kinds = [hasRequest(way) && 'a request', submit && 'submit and poll', steps && 'steps'].filter(
    (kind) => typeof kind === 'string',
  )
  if (kinds.length > 1)
    compiler.report(path, `This asks in ${kinds.length} ways at once: ${kinds.join(', ')}.`, 'Keep one of them.')
  const upTo = callback && {
    callback: {
      when: expression(callback.when, [...path, 'callback', 'when'], compiler),
      upToMs: milliseconds(callback.upTo),
    },
  }
  if (submit && poll) return { job: compileJob({ submit, poll, fetch }, path, compiler, way), ...upTo }
  if (steps) return { steps: compileSteps(steps, path, compiler, way), ...upTo }
  return { request: compileRequest(way, path, compiler, { asking }), ...upTo }
}

const hasRequest = (way: RequestManifest): boolean =>
  [way.get, way.post, way.put, way.patch, way.delete, way.smtp, way.lookup].some((one) => one !== undefined)

const compileJob = (
  { submit, poll, fetch = [] }: Pick<WayManifest, 'fetch'> & Required<Pick<WayManifest, 'submit' | 'poll'>>,
  path: Path,
  compiler: Compiler,
  aim: Aim,
): Job => {
  if ((fetch.at(-1) ?? poll).as === 'bytes')
    compiler.report(
      path,
      'The result of a job is written down, which bytes cannot be.',
      'Read it with "as: text" or "as: json".',
    )
  if (poll.done === undefined && poll.waiting === undefined)
    compiler.report(
      [...path, 'poll'],
      'It is not said when the result is there.',
      'Add "done: =status = \'completed\'".',
    )
  const asked = compileRequest(poll, [...path, 'poll'], compiler, aim)
  const fetched = fetch.map(({ name, ...request }, position) => ({
    request: compileRequest(request, [...path, 'fetch', position], compiler, aim),
    ...(name !== undefined && { name }),
  }))
  return {
    submit: compileRequest(submit, [...path, 'submit'], compiler, aim),
    ticket: expression(submit.ticket, [...path, 'submit', 'ticket'], compiler),
    calls: JSON.stringify(submit).includes('$callback'),
    poll: asked,
    fetch: fetched,
    result: fetched.at(-1)?.request ?? asked,
    everyMs: milliseconds(poll.every),
    upToMs: milliseconds(poll.upTo),
    done: optionalExpression(poll.done, [...path, 'poll', 'done'], compiler),
    waiting: optionalExpression(poll.waiting, [...path, 'poll', 'waiting'], compiler),
  }
}

const compileSteps = (steps: NonNullable<WayManifest['steps']>, path: Path, compiler: Compiler, aim: Aim): Step[] =>
  steps.map((step, position) => {
    const at = [...path, 'steps', position]
    if (step.else && steps[position - 1]?.if === undefined)
      compiler.report([...at, 'else'], 'An "else" follows a step with "if".', 'Put it right after one, or remove it.')
    if (step.let !== undefined && hasRequest(step))
      compiler.report(at, 'This step asks, and works something out.', 'Make two steps of it.')
    if (step.let !== undefined && step.name === undefined)
      compiler.report(at, 'Nobody can know what this step works out.', 'Add "name: …": $steps.<name> is the value.')
    return {
      ...(step.let === undefined
        ? { request: compileRequest(step, at, compiler, aim) }
        : { let: compileValue(step.let, [...at, 'let'], compiler.compile) }),
      if: optionalExpression(step.if, [...at, 'if'], compiler),
      else: step.else === true,
      credits: step.credits ?? 0,
      prepares: step.prepares === true,
      creates: step.creates === true,
      ...(step.name !== undefined && { name: step.name }),
    }
  })

const compileBatch = (batch: BatchManifest, path: Path, compiler: Compiler): Batch => {
  const { answers, failures } = batch
  const at = (name: string): Path => [...path, 'answers', name]
  if (batch.callback) compiler.report([...path, 'callback'], 'A later answer is about one item.', 'Move it to "one".')
  if ((answers.key === undefined) !== (answers.item === undefined))
    compiler.report(
      [...path, 'answers'],
      '"key" and "item" belong together: they are compared.',
      answers.key ? 'Add "item: =email".' : 'Add "key: =address".',
    )
  for (const [name, request] of Object.entries({ '': batch, submit: batch.submit }))
    checkLists(request?.json, name === '' ? [...path, 'json'] : [...path, name, 'json'], compiler)
  return {
    ...compileWay(batch, path, compiler),
    upTo: batch.upTo,
    from: batch.from ?? 2,
    if: optionalExpression(batch.if, [...path, 'if'], compiler),
    together: optionalExpression(batch.together, [...path, 'together'], compiler),
    answers: {
      each: expression(answers.each, at('each'), compiler),
      key: optionalExpression(answers.key, at('key'), compiler),
      item: optionalExpression(answers.item, at('item'), compiler),
      missing: answers.missing ?? 'error',
      errors: compileErrors(answers.errors, at('errors'), compiler),
    },
    ...(failures && {
      failures: {
        each: expression(failures.each, [...path, 'failures', 'each'], compiler),
        key: expression(failures.key, [...path, 'failures', 'key'], compiler),
        item: expression(failures.item, [...path, 'failures', 'item'], compiler),
        kind: failures.kind ?? 'invalid_input',
        errors: compileErrors(failures.errors, [...path, 'failures', 'errors'], compiler),
        ...(failures.message !== undefined && {
          message: compileValue(failures.message, [...path, 'failures', 'message'], compiler.compile),
        }),
      },
    }),
  }
}

/** JSONata gives a list of one as its element: a batch of one would leave in another shape. */
const checkLists = (value: unknown, path: Path, compiler: Compiler): void => {
  if (typeof value === 'string' && /^=\s*items\s*\./.test(value)) {
    compiler.report(
      path,
      'With one item this is no list, but its element.',
      `Put it in brackets: "=[${value.slice(1).trim()}]".`,
    )
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value))
      checkLists(inner, [...path, Array.isArray(value) ? Number(key) : key], compiler)
  }
}
