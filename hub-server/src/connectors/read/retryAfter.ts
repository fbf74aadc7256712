/** Retry-After as seconds (RFC 9110, 10.2.3): a number of them, or a date. */
export const retryAfterOf = (headers: Readonly<Record<string, string>>): number | undefined => {
  const given = headers['retry-after']?.trim()
  if (given === undefined || given === '') return undefined
  if (/^\d+(\.\d+)?$/.test(given)) return Number(given)
  const date = Date.parse(given)
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - Date.now()) / 1000))
}
