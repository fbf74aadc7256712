/** A value as a jsonb column takes it. */
export const json = (value: unknown): string => JSON.stringify(value ?? null)
