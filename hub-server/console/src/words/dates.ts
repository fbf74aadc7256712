const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' })
const moment = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })

const formatted = (format: Intl.DateTimeFormat, iso: string): string => {
  const date = new Date(iso)
  return Number.isNaN(date.getTime()) ? iso : format.format(date)
}

/** 21 November 2026 */
export const dayOf = (iso: string): string => formatted(day, iso)

/** 21 Nov 2026, 08:15, in the reader's time zone */
export const momentOf = (iso: string): string => formatted(moment, iso)
