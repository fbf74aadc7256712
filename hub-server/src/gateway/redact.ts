import type { Provider } from './providers.ts'

export type Redact = <Value>(value: Value) => Value

/**
 * Gives copies of values in which an account's secrets are blacked out: some vendors repeat the key in what they answer.
 * Looked for as they were sent, as JSON writes them, percent-encoded, and in base64 (basic authentication).
 */
export const redactorOf = ({ connector, connection }: Pick<Provider, 'connector' | 'connection'>): Redact => {
  const secrets = Object.entries(connector.manifest.auth.fields).flatMap(([name, field]) => (field.secret && connection.fields[name] ? [connection.fields[name]] : []))
  const forms = secrets.filter((secret) => secret.length >= shortest).flatMap(formsOf)
  return (value) => {
    if (value === undefined || forms.length === 0) return value
    const text = JSON.stringify(value)
    const found = forms.filter((form) => text.includes(form))
    if (found.length === 0) return value
    return JSON.parse(found.reduce((clean, form) => clean.replaceAll(form, '…'), text))
  }
}

/** Shorter ones are left alone: they would stand in ordinary words. */
const shortest = 6

const formsOf = (secret: string): string[] => [...new Set([JSON.stringify(secret).slice(1, -1), Buffer.from(secret).toString('base64').replace(/=+$/, '').slice(0, -1), encodeURIComponent(secret)])]
