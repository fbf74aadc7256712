import { HubError } from '../contracts/errors.ts'
import { fence, FenceError, task } from '../fence/index.ts'
import type { Shaped } from './fenced.ts'

export type { Shaped } from './fenced.ts'

/** Inputs that one call of the fence takes: a call costs about as much as a hundred small expressions. */
const atOnce = 100
/** After so many inputs that the expression could not be ended with, the others of their hundred are not tried. */
const mostLost = 3

const place = { from: import.meta.url, file: './fenced', cpuMs: 500 }
const syntaxProblem = task<typeof import('./fenced.ts').syntaxProblem>({ ...place, name: 'syntaxProblem' })
const shapeAll = task<typeof import('./fenced.ts').shapeAll>({ ...place, name: 'shapeAll' })

/**
 * @param path of the field in the request, e.g. /filter
 * @throws HubError invalid_input with what JSONata says of it, and where
 */
export const checkExpression = async (source: string, path: string): Promise<void> => {
  const problem = await fence.run(syntaxProblem, source).catch(tooMuch)
  if (!problem) return
  const at = problem.position === undefined ? '' : ` (at character ${problem.position})`
  throw new HubError('invalid_input', `The expression is not JSONata: ${problem.message}${at}`, {
    advice: 'Try it at try.jsonata.org, where mistakes are shown as you type.',
    fields: [{ path, message: `${problem.message}${at}` }],
  })
}

/**
 * What a user's JSONata expression gives for each of the inputs, in their order. An input that it fails on fails alone,
 * and also one that it would never end with: it runs behind the fence, a hundred inputs a call.
 * @throws what JSONata says where the expression is none
 */
export const shapeEach = async (source: string, inputs: readonly unknown[]): Promise<Shaped[]> => {
  const all: Shaped[] = []
  for (let first = 0; first < inputs.length; first += atOnce)
    all.push(...(await shapeSome(source, inputs.slice(first, first + atOnce))))
  return all
}

const shapeSome = async (source: string, inputs: readonly unknown[]): Promise<Shaped[]> => {
  try {
    return await fence.run(shapeAll, { source, inputs })
  } catch (thrown) {
    if (!(thrown instanceof FenceError)) throw thrown
    if (inputs.length > 1) return oneByOne(source, inputs)
    return [{ failed: `it ${thrown.message}` }]
  }
}

const oneByOne = async (source: string, inputs: readonly unknown[]): Promise<Shaped[]> => {
  const all: Shaped[] = []
  let lost = 0
  for (const input of inputs) {
    if (lost >= mostLost) {
      all.push({ failed: `it was not ended with for ${mostLost} others, and was not tried` })
      continue
    }
    try {
      all.push(...(await fence.run(shapeAll, { source, inputs: [input] })))
    } catch (thrown) {
      if (!(thrown instanceof FenceError)) throw thrown
      lost += 1
      all.push({ failed: `it ${thrown.message}` })
    }
  }
  return all
}

const tooMuch = (thrown: unknown) => {
  if (thrown instanceof FenceError) return { message: `it ${thrown.message}`, position: undefined }
  throw thrown
}
