import type { Population } from '../../hub-server/src/sandbox/index.ts'

/** What goes into a flow. */
export interface Lead {
  /** Position in the list. */
  readonly id: number
  readonly email: string
  readonly firstName: string
  readonly lastName: string
}

/** So many leads, of which this share is there a second time, spread over the list. */
export const leadsOf = (population: Population, count: number, repeated: number): Lead[] => {
  const distinct = Math.round(count * (1 - repeated))
  return Array.from({ length: count }, (_, id) => {
    // Every so many positions one who was there before.
    const { email, firstName, lastName } = population.person(Math.floor((id * distinct) / count))
    return { id, email, firstName, lastName }
  })
}
