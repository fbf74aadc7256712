/**
 * The command line that was typed, as it can be typed again, with some options set anew (`undefined` takes one out).
 */
export function commandLine(command: string, args: string[], changes: Record<string, string | undefined> = {}): string {
  const kept = args.filter((word, at) => !isOf(word, args[at - 1], changes))
  const added = Object.entries(changes).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]))
  return ['./hub', command, ...[...kept, ...added].map(quoted)].join(' ')
}

/**
 * Whether a word is one of these options or its value. An option that stands with its value as one word counts, too.
 */
function isOf(word: string, before: string | undefined, options: Record<string, string | undefined>): boolean {
  return Object.keys(options).some(
    (name) => word === `--${name}` || word.startsWith(`--${name}=`) || (before === `--${name}` && takesValue(name)),
  )
}

const switches = ['again', 'estimate', 'live']

function takesValue(name: string): boolean {
  return !switches.includes(name)
}

/** A word as a POSIX shell takes it for one word. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
