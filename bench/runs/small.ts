import type { AxiosInstance } from 'axios'
import type { Sandbox } from '../../hub-server/src/sandbox/index.ts'
import { timed } from '../shared/processes.ts'
import { options, whenDone } from './run.ts'

/** Gives the next addresses of the population, each once: a person of its own each. @param first whom it begins with */
export const mailsFrom = (population: Sandbox['population'], first = 0) => {
  let next = first
  const given = new Set<string>()
  return (count: number): string[] =>
    Array.from({ length: count }, () => {
      const { email } = population.person(next++)
      if (given.size === given.add(email).size) throw new Error(`${email} is there twice`)
      return email
    })
}

/** A person's small request: milliseconds until all of its items are done. */
export const askSmall = (client: AxiosInstance, emails: readonly string[]): Promise<number> =>
  timed(async () => {
    const { status, data } = await client.post('/v1/blocks/verify-email', {
      items: emails.map((email) => ({ email })),
      options,
    })
    if (status === 202) await whenDone(client, data.run.id)
  })
