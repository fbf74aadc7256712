import type { Debugger } from 'node:inspector'
import { Session } from 'node:inspector'
import { fileURLToPath } from 'node:url'

const mostFrames = 10
/** Milliseconds that the main thread's inspector gets to answer. */
const waitMs = 5_000

/**
 * The functions that the main thread runs now, innermost first: asked of its inspector, from a worker thread
 * (https://nodejs.org/api/inspector.html#sessionconnecttomainthread). Empty when it does not answer in time.
 */
export const stackOfMain = (): Promise<readonly string[]> =>
  new Promise((resolve) => {
    const session = new Session()
    /** Where each script is from; frames name their scripts alone. */
    const scripts = new Map<string, string>()
    const finish = (frames: readonly Debugger.CallFrame[]): void => {
      clearTimeout(timer)
      session.post('Debugger.resume')
      session.disconnect()
      resolve(framesOf(frames, scripts))
    }
    const timer = setTimeout(() => finish([]), waitMs)
    session.connectToMainThread()
    session.on('Debugger.scriptParsed', ({ params }) => scripts.set(params.scriptId, params.url))
    session.on('Debugger.paused', ({ params }) => finish(params.callFrames))
    session.post('Debugger.enable')
    session.post('Debugger.pause')
  })

/** Node's own functions only where there are no others. */
const framesOf = (frames: readonly Debugger.CallFrame[], scripts: ReadonlyMap<string, string>): string[] => {
  const named = frames.map(({ functionName, location: { scriptId, lineNumber } }) => {
    const url = scripts.get(scriptId) ?? ''
    const file = url.startsWith('file:') ? fileURLToPath(url) : url
    const isOurs = url !== '' && !url.startsWith('node:')
    return { isOurs, name: `${functionName || '(anonymous)'} (${file}:${lineNumber + 1})` }
  })
  const ours = named.filter(({ isOurs }) => isOurs)
  return (ours.length > 0 ? ours : named).slice(0, mostFrames).map(({ name }) => name)
}
