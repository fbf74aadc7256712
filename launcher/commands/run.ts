import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { findBlock, readOptions, unread } from '../lists/block.ts'
import { commandLine } from '../lists/command-line.ts'
import { finished, type Estimate, type Run, type Summary } from '../lists/contract.ts'
import { costText, cures, endText, pausedText, stoppedText } from '../lists/ending.ts'
import { estimateText } from '../lists/estimate.ts'
import { findHub, type Found } from '../lists/find-hub.ts'
import { follow } from '../lists/follow.ts'
import { progressOn } from '../lists/progress.ts'
import { readRequest, type Request } from '../lists/request.ts'
import { askHub, Conflict, type Door } from '../lists/rest.ts'
import { requireNew, writeResults } from '../lists/result-file.ts'
import { hashOf, runKey } from '../lists/run-key.ts'
import { counted, money, size } from '../lists/words.ts'
import { dataFolder } from '../paths.ts'
import { Problem } from '../problem.ts'
import { say } from '../screen.ts'
import { step } from '../steps.ts'

/** Exit codes; 1 is any error. */
const allDone = 0
/** The run is not over: paused, stopped, or cancelled. */
const waits = 2
/** The run is over, and some items were skipped, failed, or are uncertain. */
const notAll = 3

/** `./hub run <block> <file>`: a block over a list, which can be stopped and gone on with by the same command. */
export async function run(args: string[], stop: AbortSignal): Promise<number> {
  const request = readRequest(args)
  if (request.out !== undefined) requireNew(request.out)
  const data = dataFolder(request.data)
  const hub = await findHub(data, request.port, request.mode, stop)
  const block = await findBlock(hub.door, request.block, stop)
  const options = readOptions(block, request.options)
  say(`${block.name} on ${basename(request.file.path)} (${size(request.file.bytes)}), mode “${request.mode}”`)
  const note = unread(block, request.map)
  if (note !== undefined) say(note)
  const sending: Sending = { request, options }
  if (request.estimate) {
    const estimate = await step(`Looking at ${basename(request.file.path)}`, () =>
      sendFile<Estimate>(hub.door, 'The estimate', '/v1/runs/estimate', sending, stop),
    )
    say(
      `\n${estimateText(estimate, request.mode)}\n\nTo start it:\n  ` +
        `${commandLine('run', args, { estimate: undefined })}`,
    )
    return allDone
  }
  const { block: id, map, mode } = request
  const key = runKey(
    data,
    await hashOf({ path: request.file.path, block: id, options, map, mode }, stop),
    request.again,
  )
  const sentAt = Date.now()
  const begun = await step(`Sending ${basename(request.file.path)}`, () => begin(hub.door, { ...sending, key }, stop))
  return await lookAfter(
    hub,
    await goOn(hub.door, begun.run, Date.parse(begun.run.createdAt) >= sentAt, request, stop),
    request,
    args,
    stop,
  )
}

type Sending = { request: Request; options: Record<string, unknown>; key?: string }

/**
 * The run that this command makes, or the one that it made before: a key stands for budgets too, and the same command
 * may name others.
 */
async function begin(door: Door, sending: Sending, stop: AbortSignal): Promise<{ run: Run }> {
  try {
    return await sendFile<{ run: Run }>(door, 'Starting the run', '/v1/runs', sending, stop)
  } catch (error) {
    if (!(error instanceof Conflict)) throw error
    const {
      runs: [run],
    } = await askHub<{ runs: Run[] }>(
      door,
      'Looking for the earlier run',
      '/v1/runs',
      { query: { key: sending.key } },
      stop,
    )
    if (!run) throw error
    return { run }
  }
}

/** Sends the list as it is read from the disk. */
function sendFile<T>(
  door: Door,
  what: string,
  path: string,
  { request, options, key }: Sending,
  stop: AbortSignal,
): Promise<T> {
  const { block, file, map, budget, itemBudget } = request
  const query = {
    block,
    options: JSON.stringify(options),
    ...(Object.keys(map).length > 0 && { map: JSON.stringify(map) }),
    ...(budget !== undefined && { budget: String(budget) }),
    ...(itemBudget !== undefined && { itemBudget: String(itemBudget) }),
  }
  const headers = {
    'content-type': file.type === 'csv' ? 'text/csv' : 'application/x-ndjson',
    'content-length': String(file.bytes),
    ...(key !== undefined && { 'idempotency-key': key }),
  }
  return askHub<T>(door, what, path, { method: 'POST', query, headers, body: createReadStream(file.path) }, stop)
}

/** A run that the hub has kept from an earlier command is told of, and woken when it has paused. */
async function goOn(door: Door, found: Run, isFresh: boolean, { budget }: Request, stop: AbortSignal): Promise<Run> {
  if (isFresh) {
    say(`${counted(found.items.total, 'item')} in the hub (run ${found.id}).`)
    return found
  }
  say(
    `The hub knows this list: run ${found.id} of ${found.createdAt.slice(0, 16).replace('T', ' ')} UTC. Nothing is ` +
      'paid twice; --again would run it anew.',
  )
  if (found.status === 'cancelled') {
    return askHub<Run>(door, 'Going on with the run', `/v1/runs/${found.id}/retry`, { method: 'POST' }, stop)
  }
  if (found.status === 'paused') {
    return askHub<Run>(
      door,
      'Going on with the run',
      `/v1/runs/${found.id}/resume`,
      { method: 'POST', body: budget === undefined ? {} : { budget } },
      stop,
    )
  }
  const isUnderWay = found.status === 'running' || found.status === 'queued'
  if (isUnderWay && budget !== undefined && budget !== found.budget) {
    const kept = found.budget === undefined ? 'having no budget' : `its budget of ${money(found.budget * 1_000_000)}`
    say(`It keeps ${kept} until it pauses.`)
  }
  return found
}

async function lookAfter(hub: Found, begun: Run, request: Request, args: string[], stop: AbortSignal): Promise<number> {
  const sameAgain = (changes: Record<string, string> = {}): string =>
    `  ${commandLine('run', args, { again: undefined, ...changes })}`
  const { run: ended, isLeft } = await watch(hub.door, begun, stop)
  if (isLeft) {
    say(
      hub.isOurs
        ? 'To go on:'
        : 'Leaving; the run goes on in the hub, which keeps running. The same command looks after it again:',
    )
    say(sameAgain())
    if (hub.isOurs) say(stoppedText(ended))
    return waits
  }
  if (ended.status === 'paused') {
    say(`\n${pausedText(ended, (budget) => sameAgain(budget === undefined ? {} : { budget: String(budget) }))}`)
    return waits
  }
  const path = await step('Writing the results', () => writeResults(hub.door, ended, request.file, request.out, stop))
  say(`\nResults: ${path}\n${costText(ended)}`)
  if (ended.status === 'cancelled' || finished(ended) < ended.items.total) {
    say(`To go on:\n${sameAgain()}\n${stoppedText(ended)}`)
    return waits
  }
  const summary = await askHub<Summary>(
    hub.door,
    'Asking what the run came to',
    `/v1/runs/${ended.id}/summary`,
    {},
    stop,
  )
  for (const cure of cures(summary)) say(cure)
  say(endText(ended, summary))
  return ended.items.done === ended.items.total ? allDone : notAll
}

/** Shows the run until it stops by itself, or, as it was seen last, until the user wants to leave. */
async function watch(door: Door, begun: Run, stop: AbortSignal): Promise<{ run: Run; isLeft: boolean }> {
  const progress = progressOn(process.stdout)
  let last = begun
  const show = (now: Run): void => {
    last = now
    progress.show(now, performance.now())
  }
  try {
    return { run: await follow(door, begun, show, stop), isLeft: false }
  } catch (error) {
    if (stop.aborted && error instanceof Problem) return { run: last, isLeft: true }
    throw error
  } finally {
    progress.end()
  }
}
