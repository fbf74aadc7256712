import { Type } from 'typebox'
import { HubError } from '../contracts/errors.ts'
import { checked } from '../contracts/validate.ts'
import { createPopulation } from './population/population.ts'
import { isUsual } from './usual.ts'
import type { HostAddress, Sandbox } from './types.ts'
import { withoutEnd } from '../contracts/text/trim.ts'

const About = Type.Object({ seed: Type.Integer(), size: Type.Object({ companies: Type.Integer() }) })
const Host = Type.Object({
  address: Type.Union([Type.Null(), Type.Object({ address: Type.String(), port: Type.Integer() })]),
})

/** Host names whose look-up is remembered. */
const hostsKept = 10_000

/** See index.ts. Look-ups of hosts are asked for once each; all else follows from the seed. */
export const connectSandbox = async (given: string): Promise<Sandbox> => {
  const url = withoutEnd(given, /\//)
  const ask = async (path: string): Promise<unknown> => {
    try {
      const answer = await fetch(`${url}/_sandbox/${path}`, { signal: AbortSignal.timeout(10_000) })
      if (!answer.ok) throw new HubError('bad_response', `The sandbox at ${url} answered ${answer.status}.`)
      const content: unknown = await answer.json()
      return content
    } catch (thrown) {
      if (thrown instanceof HubError) throw thrown
      throw new HubError('unavailable', `The sandbox at ${url} does not answer.`, {
        advice: 'Start it: node src/sandbox/process.ts.',
        cause: thrown,
      })
    }
  }

  const about = checked(About, await ask('about'), 'The sandbox’s description')
  const population = createPopulation(about.seed, about.size.companies)
  const hosts = new Map<string, Promise<HostAddress | null>>()

  const lookUp = async (name: string): Promise<HostAddress | null> =>
    checked(Host, await ask(`host?name=${encodeURIComponent(name)}`), 'The sandbox’s answer').address

  return {
    url,
    population,
    resolveHost: (given) => {
      const name = given.trim().toLowerCase()
      const known = hosts.get(name)
      if (known) return known
      const asked = lookUp(name)
      hosts.set(name, asked)
      asked.catch(() => hosts.delete(name))
      const oldest = hosts.keys().next()
      if (hosts.size > hostsKept && !oldest.done) hosts.delete(oldest.value)
      return asked
    },
    resolveMx: (domain) => Promise.resolve(population.resolveMx(domain)),
    vendorBase: (connector, server) => `${url}/${connector}/${server}`,
    isUsual,
    companies: population.companies,
    stop: () => Promise.resolve(),
  }
}
