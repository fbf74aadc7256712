import { relative } from 'node:path'
import { makeSignInLink, ownerDoor } from '../access/owner-door.ts'
import { bringUpHub, bringUpN8n, checkPorts, type Hub, type N8n } from '../bring-up.ts'
import { startHub } from '../hub-process.ts'
import { authorization, companiesPath, type Companies } from '../demo/contract.ts'
import { askJson } from '../json-request.ts'
import { dataFolder, type DataFolder } from '../paths.ts'
import { readArguments, readPort } from '../arguments.ts'
import { usualPort } from '../lists/find-hub.ts'
import type { Running } from '../processes.ts'
import { Problem } from '../problem.ts'
import { requireNotRunning, runningHub } from '../running-hub.ts'
import { say } from '../screen.ts'
import { openInBrowser } from '../open-in-browser.ts'
import { stayUp } from '../stay-up.ts'

const options = {
  'no-n8n': { type: 'boolean' },
  port: { type: 'string' },
  'n8n-port': { type: 'string' },
  data: { type: 'string' },
  'no-open': { type: 'boolean' },
} as const

/** `./hub up`: makes what is missing, starts the hub and n8n, and stays until it is asked to stop. */
export async function up(args: string[], stop: AbortSignal): Promise<number> {
  const { values } = readArguments(args, options)
  const port = readPort('port', values.port) ?? usualPort
  const n8nPort = values['no-n8n'] ? undefined : (readPort('n8n-port', values['n8n-port']) ?? 5678)
  const data = dataFolder(values.data)
  await requireNotRunning(data, 'give a second one a folder and a port of its own with --data and --port', stop)
  await checkPorts(port, n8nPort)
  say('Starting AI-Now Hub')
  const hub = await bringUpHub(data, port, n8nPort, stop)
  const n8n = n8nPort === undefined ? undefined : await bringUpN8n(data, n8nPort, hub, stop)
  const link = process.stdout.isTTY ? await consoleLink(data, stop) : undefined
  say(summary(data, { ...hub, link }, n8n, await companiesToTry(hub), process.stdout.isTTY))
  if (link !== undefined && !values['no-open']) openInBrowser(link)
  const n8nAddress = n8n?.address
  const startAgain = (): Promise<Running> => startHub(data, port, n8nAddress, stop)
  await stayUp({ hub: hub.running, startAgain, others: n8n === undefined ? [] : [n8n.running], stop })
  say('\nStopping …')
  return 0
}

/**
 * What the user needs to know to begin.
 * @param onTerminal what goes into a file or through a pipe instead is kept by somebody: without keys and passwords
 */
export function summary(
  data: DataFolder,
  hub: Pick<Hub, 'address' | 'keys'> & { link?: string },
  n8n: Pick<N8n, 'address' | 'account'> | undefined,
  toTry: string[],
  onTerminal: boolean,
): string {
  const near = (path: string): string => relative(process.cwd(), path) || '.'
  const lines = [
    '',
    'AI-Now Hub is running.',
    '',
    `  Hub        ${hub.address}`,
    `  Console    ${(onTerminal && hub.link) || './hub sign-in-link prints a link that signs the owner in'}`,
    `  Connect    ${hub.address}/connect${onTerminal && hub.keys ? `#key=${hub.keys.live}` : ''}`,
  ]
  if (n8n !== undefined) {
    lines.push(
      `  n8n        ${n8n.address}`,
      `    e-mail   ${n8n.account.email}`,
      `    password ${onTerminal ? n8n.account.password : `in ${near(data.n8nAccount)}`}`,
    )
  }
  lines.push(
    `  API keys   ${keysLine(near(data.keys), hub.keys !== undefined)}`,
    `  Logs       in ${near(data.logs)}`,
    '',
    'Mode “test” works at once and needs no account or key of any vendor: it answers from a made-up population.',
    'For mode “live”, connect your own services on the Connect page.',
  )
  if (n8n !== undefined) {
    lines.push('In n8n, open Templates, choose one, and pick the credential “AI-Now Hub (test)” or “(live)”.')
    lines.push(`Try         ${toTry.join('  ')}`)
  }
  return [...lines, '', 'Press Ctrl-C to stop.'].join('\n')
}

function keysLine(file: string, isThere: boolean): string {
  return isThere ? `in ${file}` : `${file} is gone: make others with ./hub keys new`
}

/**
 * A link that signs the owner in once; undefined where a person must say which of several owners it is for, or where
 * the hub keeps its data elsewhere and notes nothing in the folder.
 */
export async function consoleLink(data: DataFolder, stop: AbortSignal): Promise<string | undefined> {
  const hub = await runningHub(data, stop)
  if (hub === undefined) return undefined
  try {
    return (await makeSignInLink(ownerDoor(hub), {}, stop)).link
  } catch (error) {
    // The hub runs: what the user came for is not to fail for a convenience. The summary says how to get a link.
    if (error instanceof Problem && !stop.aborted) return undefined
    throw error
  }
}

/** Some of the sandbox's companies, for a first flow. */
async function companiesToTry({ address, keys }: Hub): Promise<string[]> {
  if (keys === undefined) return []
  const { body } = await askJson<Companies>('Asking the sandbox for companies', `${address}${companiesPath}`, {
    headers: authorization(keys.test),
  })
  return body.companies.slice(1, 4).map(({ website }) => website.replace(/^https?:\/\//, ''))
}
