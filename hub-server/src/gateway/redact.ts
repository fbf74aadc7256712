/**
 * A copy of a value in which the account's secrets are blacked out: some vendors repeat the key in what they answer.
 * @param secrets as they were sent; short ones are left alone, for they would stand in ordinary words
 */
export const redact = <Value>(value: Value, secrets: readonly string[]): Value => {
  if (value === undefined) return value
  const text = JSON.stringify(value)
  const found = formsOf(secrets).filter((form) => text.includes(form))
  if (found.length === 0) return value
  return JSON.parse(found.reduce((clean, form) => clean.replaceAll(form, '…'), text))
}

const shortest = 6

/** As JSON writes them, and in base64 (basic authentication). */
const formsOf = (secrets: readonly string[]): string[] =>
  secrets.filter((secret) => secret.length >= shortest).flatMap((secret) => [JSON.stringify(secret).slice(1, -1), Buffer.from(secret).toString('base64').replace(/=+$/, '').slice(0, -1), encodeURIComponent(secret)])
