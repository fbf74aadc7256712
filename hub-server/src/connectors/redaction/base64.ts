import { patternOf } from './forms.ts'
import { isTellingInCode, type Secret } from './secret.ts'

/**
 * Texts in base64, also that for addresses, and percent-encoded or escaped in JSON. Longer ones than a header holds are
 * looked at too: a service may repeat a whole request.
 */
const runs = /(?:[A-Za-z0-9+/_-]|%2[BbFf]|%3[Dd]|\\\/){4,}={0,2}/g

const mark = '…'

/**
 * What takes those out of a text that say a secret, wherever in the coded text it begins: Basic credentials are base64
 * of "user:password".
 * @param fields all that the account has, secret or not: any two of them together are credentials
 */
export const withoutBase64 = (secrets: readonly Secret[], fields: readonly string[]): ((text: string) => string) => {
  const words = secrets.filter(({ strength }) => strength === 'ordinary')
  const ordinary = words.map(({ value }) => value)
  const alone = new Set(words.filter(isTellingInCode).map(({ value }) => value))
  const sure = secrets.filter(({ strength }) => strength !== 'ordinary').map(({ value }) => patternOf(value))
  const pattern = sure.length ? new RegExp(sure.join('|'), 'u') : null
  const needed = Math.min(...secrets.map(({ value }) => Math.ceil((Buffer.byteLength(value) * 4) / 3)))
  const says = (text: string): boolean =>
    pattern?.test(text) === true || alone.has(text) || ordinary.some((value) => isCredentials(text, value, fields))
  const saysAny = (run: string): boolean => run.length >= needed && decoded(run).some(says)

  return (text) =>
    text.replace(runs, (run) => {
      if (!saysAny(run)) return run
      // Parts of an address are told apart by "/", which is also a sign of base64: only the part that says it goes.
      const spared = run.split('/').map((part) => (saysAny(part) ? mark : part))
      return spared.includes(mark) ? spared.join('/') : mark
    })
}

/** What a run may say: whatever stands before shifts what follows by up to three signs; in either character set. */
const decoded = (run: string): string[] => {
  const plain = run.replace(/%2b/gi, '+').replace(/%2f/gi, '/').replace(/%3d/gi, '=').replace(/\\\//g, '/')
  return [0, 1, 2, 3].flatMap((shift) => {
    const bytes = Buffer.from(plain.slice(shift), 'base64')
    return [bytes.toString(), bytes.toString('latin1')]
  })
}

/**
 * "user:password", "key:", "key:x", or any two fields: an ordinary word inside a longer coded text is none of these.
 */
const isCredentials = (text: string, secret: string, fields: readonly string[]): boolean => {
  const at = text.indexOf(':')
  if (at < 0) return false
  const [user, password] = [text.slice(0, at), text.slice(at + 1)]
  if (user !== secret && password !== secret) return false
  return secret.length >= 4 || (fields.includes(user) && (password === '' || fields.includes(password)))
}
