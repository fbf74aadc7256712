import { argon2, randomBytes, timingSafeEqual, type Argon2Parameters } from 'node:crypto'
import { promisify } from 'node:util'
import { HubError } from '../contracts/errors.ts'

/**
 * argon2id with 7 MiB, five passes and one lane: as hard to guess, by OWASP's table, as 19 MiB and two passes, which
 * every thread that has once worked one out would keep for good
 * (https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id).
 */
const cost = { memory: 7_168, passes: 5, parallelism: 1 }
const tagBytes = 32
/** Hashes worked out at once: each takes a core. */
const atOnce = 2
const [shortest, longest] = [10, 200]

const work = promisify(argon2) as (algorithm: 'argon2id', parameters: Argon2Parameters) => Promise<Buffer>

const waiting: (() => void)[] = []
let busy = 0

const inTurn = async <Value>(task: () => Promise<Value>): Promise<Value> => {
  while (busy >= atOnce) await new Promise<void>((go) => void waiting.push(go))
  busy++
  try {
    return await task()
  } finally {
    busy--
    waiting.shift()?.()
  }
}

const tagOf = (password: string, salt: Buffer, { memory, passes, parallelism }: typeof cost): Promise<Buffer> =>
  inTurn(() =>
    work('argon2id', {
      message: Buffer.from(password.normalize('NFKC')),
      nonce: salt,
      memory,
      passes,
      parallelism,
      tagLength: tagBytes,
    }),
  )

/** Without the padding. */
const base64 = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '')

const phcOf = (salt: Buffer, tag: Buffer): string =>
  `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${base64(salt)}$${base64(tag)}`

/**
 * As a PHC string (https://github.com/P-H-C/phc-string-format).
 * @throws HubError invalid_input for a password that is too short or too long
 */
export const hashPassword = async (password: string): Promise<string> => {
  const characters = Array.from(password).length
  if (characters < shortest || characters > longest)
    throw new HubError('invalid_input', `A password has ${shortest} to ${longest} characters.`, {
      advice: 'Take several words that nobody guesses; a password manager makes good ones.',
      fields: [{ path: '/password', message: `has ${characters} characters` }],
    })
  const salt = randomBytes(16)
  const tag = await tagOf(password, salt, cost)
  return phcOf(salt, tag)
}

const phc = /^\$argon2id\$v=19\$m=(\d{1,9}),t=(\d{1,4}),p=(\d{1,3})\$([\w+/]{1,100})\$([\w+/]{1,200})$/

/** Worked out for whoever has no password, so that nobody learns from the time who has one. */
const nobodys = phcOf(Buffer.alloc(16), Buffer.alloc(tagBytes))

/** Whether it is the password; takes the same time where there is none. */
export const isPassword = async (password: string, kept: string | null): Promise<boolean> => {
  const [, memory, passes, parallelism, salt = '', tag = ''] = phc.exec(kept ?? nobodys) ?? []
  const wanted = Buffer.from(tag, 'base64')
  const given = await tagOf(password.slice(0, longest * 2), Buffer.from(salt, 'base64'), {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
  })
  return kept !== null && given.length === wanted.length && timingSafeEqual(given, wanted)
}
