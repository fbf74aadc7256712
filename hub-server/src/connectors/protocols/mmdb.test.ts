import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { loopbackEgress } from '../../egress/testing/loopback-egress.ts'
import { perform } from '../ask/perform.ts'
import { accountFor, fixture } from '../testing/play.ts'
import { performRequest } from './performRequest.ts'

// MaxMind's own test data; not in this repository.
const file = join(process.env.VENDOR_SPECS_DIR ?? '../../shared/vendor-specs', 'maxmind/mmdb/GeoIP2-City-Test.mmdb')
const folder = mkdtempSync(join(tmpdir(), 'hub-mmdb-'))
afterAll(() => rmSync(folder, { recursive: true }))
const egress = loopbackEgress([folder])

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
      const answer = await performRequest(request, { signal: AbortSignal.timeout(5000), egress })
      const error = await terms.classify(answer)
      if (error) throw error
      return answer
    },
  })
}

it.skipIf(!existsSync(file))('looks an address up in a database file', async () => {
  copyFileSync(file, join(folder, 'city.mmdb'))
  const [found, none, wrong] = await locate('city.mmdb', '2.125.160.216', '127.0.0.1', 'no address')
  expect(found?.outputs).toEqual([{ city: 'Boxford', country: 'GB' }])
  expect(none).toMatchObject({ outputs: [], reason: 'The database does not know this address' })
  expect(wrong?.error?.kind).toBe('invalid_input')
})

it('says when the file cannot be read, or may not be', async () => {
  expect((await locate('nothing.mmdb', '1.1.1.1'))[0]?.error).toMatchObject({
    kind: 'not_found',
    message: 'The file nothing.mmdb cannot be read (ENOENT).',
  })
  expect((await locate('/etc/passwd', '1.1.1.1'))[0]?.error).toMatchObject({ kind: 'forbidden' })
})

it('asks the stand-in of mode test instead of a file', async () => {
  const server = createServer((request, response) => {
    response.writeHead(request.url?.endsWith('/192.0.2.1') ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(request.url?.endsWith('/192.0.2.1') ? { country: { iso_code: 'GB' } } : {}))
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const address = server.address()
  const [found, none] = await locate(
    `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/maxmind/file`,
    '192.0.2.1',
    '2001:db8::1',
  )
  expect(found?.outputs).toEqual([{ country: 'GB' }])
  expect(none?.outputs).toEqual([])
  server.close()
})
