import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import type { Shot } from './shots.ts'

export interface Heard {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** The beginning of the body; where the connection ended without an answer, why. */
  readonly text: string
  readonly ms: number
}

/** Nothing that is sent here takes longer: blocks wait 50 s at most. */
const patienceMs = 90_000
const mostKept = 2_000

/** Of some methods Node sends a body without saying how long it is. */
const lengthOf = (body: Buffer | undefined) => (body ? { 'content-length': String(body.length) } : {})

export const createSender = (url: string, sockets: number) => {
  const { hostname, port } = new URL(url)
  const agent = new Agent({ keepAlive: true, maxSockets: sockets })
  return {
    send: ({ method, path, headers, body }: Shot): Promise<Heard> =>
      new Promise((resolve) => {
        const began = performance.now()
        const end = ({ message }: Error): void => resolve({ status: 0, headers: {}, text: message, ms: 0 })
        const sending = request(
          { hostname, port, method, path, headers: { ...headers, ...lengthOf(body) }, agent, timeout: patienceMs },
          (response) => {
            let text = ''
            response.setEncoding('latin1').on('data', (piece: string) => {
              if (text.length < mostKept) text += piece
            })
            response.on('error', end)
            response.on('end', () => {
              const { statusCode: status = 0, headers: heard } = response
              resolve({ status, headers: heard, text: text.slice(0, mostKept), ms: performance.now() - began })
            })
          },
        )
        sending.on('error', end)
        sending.on('timeout', () => sending.destroy(new Error('no answer')))
        sending.end(body)
      }),
    /** What comes back until the other side ends it, or for half a second. */
    sendRaw: (text: string): Promise<string> =>
      new Promise((resolve) => {
        let heard = ''
        const socket = connect(Number(port), hostname, () => socket.write(text, 'latin1'))
        socket.setEncoding('latin1').on('data', (piece: string) => (heard += piece))
        const end = (): void => {
          socket.destroy()
          resolve(heard)
        }
        socket.setTimeout(500, end)
        socket.on('error', end).on('close', end)
      }),
    close: () => agent.destroy(),
  }
}
