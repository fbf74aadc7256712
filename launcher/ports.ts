import { createServer } from 'node:net'
import { dataFolderOf, portHolder } from './port-holder.ts'
import { misuse, Problem } from './problem.ts'

/** Everything the launcher starts listens on this machine only. */
export const localhost = '127.0.0.1'

/** The address of something that listens on this machine. */
export function addressOf(port: number): string {
  return `http://${localhost}:${port}`
}

type Try = { port: number } | { refused: 'taken' | 'not allowed' }

/** Whether something could listen on the port now. Port 0 asks the system for a free one. */
function tryPort(port: number): Promise<Try> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve({ refused: 'taken' })
      else if (error.code === 'EACCES') resolve({ refused: 'not allowed' })
      else reject(error)
    })
    server.listen(port, localhost, () => {
      const address = server.address()
      server.close(() => resolve({ port: typeof address === 'object' && address ? address.port : port }))
    })
  })
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const found = await tryPort(0)
  if ('refused' in found) throw new Problem('This machine has no free port left. Close some programs and try again.')
  return found.port
}

/** The port that is wanted, or, where that is taken, any other. */
export async function portNear(wanted: number): Promise<number> {
  return 'port' in (await tryPort(wanted)) ? wanted : freePort()
}

/**
 * Checks that a port can be had, before anything is started on it.
 * @param option the option of `./hub` that changes it, named in the error
 * @throws Problem that says who has the port: a hub, with its data folder, or another program
 */
export async function requireFreePort(port: number, what: string, option: string): Promise<void> {
  const found = await tryPort(port)
  if ('port' in found) return
  if (found.refused === 'not allowed') {
    throw new Problem(
      `Port ${port}, which ${what} needs, is not allowed for you. Choose one from 1024 on with --${option}.`,
    )
  }
  const other = `--${option}, e.g. --${option} ${await freeAfter(port)}`
  const holder = portHolder(port)
  if (await answersAsHub(addressOf(port))) {
    const folder = holder === undefined ? '' : `, with the data folder ${dataFolderOf(holder)}`
    throw new Problem(
      `Port ${port}, which ${what} needs, is taken: a hub already runs there${folder}.\n` +
        `Use that one (${addressOf(port)}/connect; its folder is named with --data), or choose another port with ` +
        `${other}.`,
    )
  }
  const program = holder === undefined ? 'another program' : `${holder.name} (process ${holder.pid})`
  throw new Problem(
    `Port ${port}, which ${what} needs, is taken by ${program}.\nStop that program, or choose another port with ` +
      `${other}.`,
  )
}

async function freeAfter(port: number): Promise<number> {
  for (let next = port + 1; next <= Math.min(port + 20, 65_535); next++)
    if ('port' in (await tryPort(next))) return next
  return freePort()
}

/** Whether what answers there is a hub; it need not be ours. */
export async function answersAsHub(address: string): Promise<boolean> {
  try {
    const response = await fetch(`${address}/health`, { signal: AbortSignal.timeout(2000) })
    const health: unknown = await response.json()
    return (
      response.ok &&
      typeof health === 'object' &&
      health !== null &&
      'status' in health &&
      health.status === 'ok' &&
      'version' in health
    )
  } catch (error) {
    // Not there (TypeError), too slow (TimeoutError), or something else that answers no JSON.
    if (error instanceof TypeError || error instanceof SyntaxError || error instanceof DOMException) return false
    throw error
  }
}

/** @throws Problem when two things were given the same port */
export function requireDifferent(hubPort: number, n8nPort: number): void {
  if (hubPort === n8nPort)
    throw misuse(`--port and --n8n-port are both ${hubPort}; give the hub and n8n different ports.`)
}
