import { Worker } from 'node:worker_threads'

export interface Watched {
  /** Milliseconds of each answer, ascending. */
  readonly took: number[]
  /** What was no answer of 200. */
  readonly wrong: string[]
}

/** In a thread of its own: what the test does meanwhile is no delay of the hub. */
const program = `
const { parentPort, workerData } = require('node:worker_threads')
const http = require('node:http')
const agent = new http.Agent({ keepAlive: true, maxSockets: 4 })
const took = [], wrong = []
const ask = () => {
  const began = performance.now()
  http.get(workerData + '/health', { agent }, (response) => {
    response.resume().on('end', () => {
      took.push(performance.now() - began)
      if (response.statusCode !== 200) wrong.push(String(response.statusCode))
    })
  }).on('error', (error) => wrong.push(error.message))
}
const timer = setInterval(ask, 50)
parentPort.once('message', () => {
  clearInterval(timer)
  setTimeout(() => parentPort.postMessage({ took, wrong }), 3000)
})
`

/** Asks for /health twenty times a second, until it is told to stop. */
export const watchHealth = (url: string): { stop: () => Promise<Watched> } => {
  const worker = new Worker(program, { eval: true, workerData: url })
  const failed = new Promise<never>((_resolve, reject) => worker.once('error', reject))
  return {
    stop: async () => {
      const told = new Promise<Watched>((resolve) => worker.once('message', resolve))
      worker.postMessage('stop')
      const { took, wrong } = await Promise.race([told, failed])
      await worker.terminate()
      return { took: took.toSorted((one, other) => one - other), wrong }
    },
  }
}

/** Below this are so many of the ascending numbers. */
export const quantile = (ascending: readonly number[], share: number): number =>
  ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? 0
