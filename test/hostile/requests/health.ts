import { availableParallelism, loadavg } from 'node:os'
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

/**
 * What an answer may take: the bound, where the machine has little else to do than this test; where it has, a time says
 * more of the others, and only a standstill is told of. Milliseconds.
 */
export const boundOf = (ms: number): number => {
  const [lastMinute = 0] = loadavg()
  return lastMinute <= 2 * availableParallelism() ? ms : 5_000
}

/** In words, for whoever reads what a run saw. */
export const seenOf = (took: readonly number[]): string =>
  `/health ms: p50 ${quantile(took, 0.5).toFixed(0)}, p99 ${quantile(took, 0.99).toFixed(0)}, ` +
  `most ${quantile(took, 1).toFixed(0)}, ${took.length} times (load ${loadavg()[0]?.toFixed(1)})`

/** Below this are so many of the ascending numbers. */
export const quantile = (ascending: readonly number[], share: number): number =>
  ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? 0
