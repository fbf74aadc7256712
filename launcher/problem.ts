/**
 * Something that went wrong and that the user can act on. The message says what happened and what to do
 * next; no stack is shown for it.
 */
export class Problem extends Error {
  readonly exitCode: number

  constructor(message: string, exitCode = 1) {
    super(message)
    this.name = 'Problem'
    this.exitCode = exitCode
  }
}

/** The command line itself is wrong: exit code 2, as shells and most tools use it. */
export function misuse(message: string): Problem {
  return new Problem(`${message}\nRun ./hub help to see every command and option.`, 2)
}

/** The user (or the machine) asked the launcher to stop: 128 + SIGINT, as a shell reports it. */
export function interrupted(): Problem {
  return new Problem('Stopped before it was ready.', 130)
}

/** The text of whatever was thrown. */
export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
