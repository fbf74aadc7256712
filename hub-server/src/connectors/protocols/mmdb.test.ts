import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createAgents } from './http.ts'
import { performRequest } from './performRequest.ts'
import { perform } from '../perform.ts'
import { accountFor, fixture } from '../testing/play.ts'

// MaxMind's own test data; not in this repository.
const file = join(process.env.VENDOR_SPECS_DIR ?? '../../shared/vendor-specs', 'maxmind/mmdb/GeoIP2-City-Test.mmdb')
const agents = createAgents()

const locate = async (path: string, ...ips: string[]) => {
  const connector = await fixture('mmdb')
  return perform({
    connector,
    operation: 'locateIp',
    items: ips.map((ip) => ({ ip })),
    account: accountFor(connector, { file: path }),
    signal: AbortSignal.timeout(5000),
    sleep: () => Promise.resolve(),
    send: async (request, terms) => {
      const answer = await performRequest(request, { signal: AbortSignal.timeout(5000), agents })
      const error = await terms.classify(answer)
      if (error) throw error
      return answer
    },
  })
}

it.skipIf(!existsSync(file))('looks an address up in a database file', async () => {
  const [found, none, wrong] = await locate(file, '2.125.160.216', '127.0.0.1', 'no address')
  expect(found?.outputs).toEqual([{ city: 'Boxford', country: 'GB' }])
  expect(none).toMatchObject({ outputs: [], reason: 'The database does not know this address' })
  expect(wrong?.error?.kind).toBe('invalid_input')
})

it('says when the file cannot be read', async () => {
  expect((await locate('/nowhere/x.mmdb', '1.1.1.1'))[0]?.error).toMatchObject({ kind: 'unavailable', message: 'The database file /nowhere/x.mmdb cannot be read.' })
})
