const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`

const key = (name: string) => (/^[a-z_$][\w$]*$/i.test(name) ? name : quoted(name))

/** A value as TypeScript source, as n8n's formatter would write it. Short lists and objects stay on their line. */
export const printed = (value: unknown, depth = 0): string => {
  if (typeof value === 'string') return quoted(value)
  if (typeof value !== 'object' || value === null) return String(value)
  const parts = Array.isArray(value)
    ? value.map((part) => printed(part, depth + 1))
    : Object.entries(value).map(([name, part]) => `${key(name)}: ${printed(part, depth + 1)}`)
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  if (parts.length === 0) return open + close
  const line = Array.isArray(value) ? `[${parts.join(', ')}]` : `{ ${parts.join(', ')} }`
  if (line.length + depth < 90 && !line.includes('\n')) return line
  const indent = '\t'.repeat(depth + 1)
  return `${open}\n${parts.map((part) => `${indent}${part},\n`).join('')}${'\t'.repeat(depth)}${close}`
}
