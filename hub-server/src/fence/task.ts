/** Work that is done in a process apart: an exported function of a module that nothing else need import. */
export interface Task<Input, Output> {
  /** Address of the module (file:), and the name under which it exports the function. */
  readonly module: string
  readonly name: string
  /** Processor time of one call, milliseconds; loading the module does not count. */
  readonly cpuMs: number
  /** For the compiler alone: never set. */
  readonly is?: (input: Input) => Output
}

export interface TaskPlace {
  /** The caller's import.meta.url. */
  readonly from: string
  /** Beside the caller and without its ending: a module is .ts under Node's type stripping, .js when built. */
  readonly file: string
  readonly name: string
  readonly cpuMs: number
}

/**
 * Names a function that is to be called behind the fence. What goes in and comes out is copied: plain data.
 * @example const readPage = task<typeof import('./read-page.ts').readPage>({ from: import.meta.url, … })
 */
export const task = <Work extends (input: never) => unknown>({
  from,
  file,
  name,
  cpuMs,
}: TaskPlace): Task<Parameters<Work>[0], Awaited<ReturnType<Work>>> => ({
  module: moduleBeside(from, file).href,
  name,
  cpuMs,
})

/** A module beside another one, as it is when run from source and when built. */
export const moduleBeside = (from: string, file: string): URL =>
  new URL(`${file}${from.endsWith('.ts') ? '.ts' : '.js'}`, from)
