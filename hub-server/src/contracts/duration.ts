const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** "30s" as milliseconds. @throws TypeError when it is not a duration */
export const milliseconds = (duration: string): number => {
  const [, amount, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(duration) ?? []
  if (amount === undefined || !isUnit(unit)) throw new TypeError(`not a duration: ${duration}`)
  return Number(amount) * units[unit]
}

const isUnit = (unit: string | undefined): unit is keyof typeof units =>
  unit !== undefined && Object.hasOwn(units, unit)
