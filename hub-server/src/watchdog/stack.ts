import { Session } from 'node:inspector'
import { fileURLToPath } from 'node:url'

interface Frame {
  readonly functionName: string
  readonly url: string
  readonly location: { readonly lineNumber: number }
}

const mostFrames = 10

/**
 * The functions that the main thread runs now, innermost first: asked of its inspector, from a worker thread
 * (https://nodejs.org/api/inspector.html#sessionconnecttomainthread). Empty when it does not answer in time.
 */
export const stackOfMain = (waitMs: number): Promise<readonly string[]> =>
  new Promise((resolve) => {
    const session = new Session()
    const finish = (frames: readonly Frame[]): void => {
      clearTimeout(timer)
      session.post('Debugger.resume')
      session.disconnect()
      resolve(frames.slice(0, mostFrames).map(nameOf))
    }
    const timer = setTimeout(() => finish([]), waitMs)
    session.connectToMainThread()
    session.on('Debugger.paused', ({ params }) => finish(params.callFrames))
    session.post('Debugger.enable')
    session.post('Debugger.pause')
  })

const nameOf = ({ functionName, url, location }: Frame): string =>
  `${functionName || '(anonymous)'} (${url.startsWith('file:') ? fileURLToPath(url) : url}:${location.lineNumber + 1})`
