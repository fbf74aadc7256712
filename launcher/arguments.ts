import { parseArgs, type ParseArgsConfig } from 'node:util'
import { misuse, textOf } from './problem.ts'

type Options = NonNullable<ParseArgsConfig['options']>

/**
 * Reads a command's words and options.
 * @param most the most words the command takes besides its options
 * @throws Problem (exit code 2) that names the word or option that is not known, or that lacks its value
 */
export function readArguments<const T extends Options>(args: string[], options: T, most = 0) {
  const given = parse(args, options)
  const extra = given.positionals[most]
  if (extra !== undefined) throw misuse(`“${extra}” is one word too many for this command.`)
  return given
}

function parse<const T extends Options>(args: string[], options: T) {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true })
  } catch (error) {
    // Node's first sentence names the option; what follows advises programmers.
    const sentence = textOf(error).split(/\. |\n/)[0]
    throw misuse(`${sentence}.`)
  }
}

/**
 * A port number from an option.
 * @throws Problem (exit code 2) when it is not a whole number from 1 to 65535
 */
export function readPort(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const port = Number(value)
  if (!/^\d+$/.test(value) || port < 1 || port > 65_535) {
    throw misuse(`--${option} takes a port number from 1 to 65535, not “${value}”.`)
  }
  return port
}
