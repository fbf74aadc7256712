import type { Extension } from '@electric-sql/pglite'

/** What PGlite gives its extensions of its own works (its src/postgresMod.ts). */
interface Engine {
  _PostgresMainLoopOnce: () => void
  stackRestore: (pointer: number) => number
  onRuntimeInitialized: () => void
}

interface Options {
  readonly preRun?: readonly ((engine: Engine) => void)[]
}

export interface Crash {
  readonly extension: Extension
  /** Takes what PostgreSQL writes to standard error. */
  readonly hear: (line: string) => boolean
  /** Why PostgreSQL ended; undefined while it lives. */
  readonly reason: () => string | undefined
  /** The last that it complained of. */
  readonly lastWords: () => string | undefined
}

/**
 * Lets PGlite fail where PostgreSQL has ended with a panic (a full disk, for one). Its loop over a message catches
 * whatever the engine throws and goes on until the message is read, which an engine that has ended never does: it
 * would go round for good and hold up the whole process, signals included (`execProtocolRawSync` in its src/pglite.ts,
 * 0.5.16). What that loop calls in its `catch` throws here.
 */
export const endLoopAtCrash = (): Crash => {
  let ended: string | undefined
  let words: string | undefined

  const watch = (engine: Engine): void => {
    const { _PostgresMainLoopOnce: turn, stackRestore: restore } = engine
    engine._PostgresMainLoopOnce = () => {
      try {
        turn()
      } catch (thrown) {
        if (isEnd(thrown)) ended ??= words ?? String(thrown)
        throw thrown
      }
    }
    engine.stackRestore = (pointer) => {
      if (ended !== undefined) throw new Error(`PGlite broke down: ${ended}`)
      return restore(pointer)
    }
  }

  const hook = (engine: Engine): void => {
    const before = engine.onRuntimeInitialized
    engine.onRuntimeInitialized = () => {
      before()
      watch(engine)
    }
  }

  return {
    extension: {
      name: 'crash',
      setup: async (_pglite, options: Options) => ({
        emscriptenOpts: { ...options, preRun: [...(options.preRun ?? []), hook] },
      }),
    },
    hear: (line) => {
      const [, complaint] = /(?:PANIC|FATAL|ERROR):\s+(.*)/.exec(line) ?? []
      if (complaint) words = complaint
      return false
    },
    reason: () => ended,
    lastWords: () => words,
  }
}

/** PostgreSQL's way back to its loop after an ordinary error is an exit with this status. */
const longJump = 100

/** abort() is a RuntimeError, exit() an ExitStatus of emscripten's. */
const isEnd = (thrown: unknown): boolean =>
  (thrown instanceof Error && thrown.name === 'RuntimeError') ||
  (typeof thrown === 'object' &&
    thrown !== null &&
    'name' in thrown &&
    thrown.name === 'ExitStatus' &&
    'status' in thrown &&
    thrown.status !== longJump)
