// Does the work, in a thread of the process apart (process.ts): it may be ended at any moment.
import { parentPort } from 'node:worker_threads'
import { messageOf } from './message-of.ts'
import { mostGivenBack, type Call, type Message, type Outcome } from './messages.ts'

const tell = (message: Message): void => parentPort?.postMessage(message)

const functionOf = async ({ module, name }: Call): Promise<(input: unknown) => unknown> => {
  const { [name]: work } = (await import(module)) as Readonly<Record<string, unknown>>
  if (typeof work !== 'function') throw new Error(`${module} has no function ${name}`)
  return (input) => Reflect.apply(work, undefined, [input]) as unknown
}

const run = async (call: Call): Promise<Outcome> => {
  try {
    const work = await functionOf(call)
    tell('begun')
    // Only data crosses: what JSON cannot say (functions, cycles) stays here.
    const json = JSON.stringify(await work(call.input)) as string | undefined
    if (json !== undefined && json.length > mostGivenBack)
      return { failed: `gave ${json.length} characters, and may give ${mostGivenBack}` }
    return { json: json ?? null }
  } catch (thrown) {
    return { failed: `failed: ${messageOf(thrown)}` }
  }
}

parentPort?.on('message', (call: Call) => {
  void run(call).then(tell)
})
tell('ready')
