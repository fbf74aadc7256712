import { createServer } from 'node:net'
import { misuse, Problem } from './problem.ts'

/** Everything the launcher starts listens on this machine only. */
export const localhost = '127.0.0.1'

/** The address of something that listens on this machine. */
export function addressOf(port: number): string {
  return `http://${localhost}:${port}`
}

/** Whether something could listen on the port now. Port 0 asks the system for a free one. */
function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined)
      else reject(error)
    })
    server.listen(port, localhost, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port))
    })
  })
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const port = await tryPort(0)
  if (port === undefined) throw new Problem('This machine has no free port left. Close some programs and try again.')
  return port
}

/**
 * Checks that a port can be had, before anything is started on it.
 * @param option the option of `./hub` that changes it, named in the error
 */
export async function requireFreePort(port: number, what: string, option: string): Promise<void> {
  if ((await tryPort(port)) !== undefined) return
  throw new Problem(
    `Port ${port}, which ${what} needs, is in use by another program (or not allowed for you).\n` +
      `Stop that program, or choose another port with --${option}, e.g. --${option} ${port + 1}.`,
  )
}

/** @throws Problem when two things were given the same port */
export function requireDifferent(hubPort: number, n8nPort: number): void {
  if (hubPort === n8nPort) throw misuse(`--port and --n8n-port are both ${hubPort}; give the hub and n8n different ports.`)
}
