import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createTlsServer } from 'node:https'
import { connect, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { HubError } from '../contracts/errors.ts'
import { freePort } from '../db/testing/free-port.ts'
import { parseAllowances } from '../egress/allowance.ts'
import { createPolicy } from '../egress/policy.ts'
import { parseProxies } from '../egress/proxy.ts'
import { startHttpProxy, startSocksProxy, type SmallProxy } from '../egress/testing/small-proxies.ts'
import { createFetcher, type Fetcher, type Page } from './fetcher.ts'
import { page, redirect, startSites, type LoopbackSites } from './testing/loopbackSites.ts'

let sites: LoopbackSites
const done: (() => void | Promise<void>)[] = []
beforeAll(async () => {
  sites = await startSites({
    'acme.com': { '/': page('<p>Acme'), '/inside': redirect('http://127.0.0.1:9/'), '/team': page('<p>Team') },
    'other.com': { '/': page('<p>Other') },
  })
})
afterEach(async () => {
  for (const end of done.splice(0)) await end()
})
afterAll(() => sites.close())

const started = async (start: () => Promise<SmallProxy>): Promise<SmallProxy> => {
  const proxy = await start()
  done.push(proxy.close)
  return proxy
}
/** A live fetcher that finds every name on loopback, which is allowed on the port of the sites alone. */
const through = (proxies: string, port = sites.port): Fetcher => {
  const fetcher = createFetcher({
    mode: 'live',
    resolveHost: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
    userAgent: 'AI-Now-Hub/0.1',
    policy: createPolicy({ allow: parseAllowances(`127.0.0.1:${port}`) }),
    proxies: parseProxies(proxies),
    limits: { minIntervalMs: 0 },
  })
  done.push(() => fetcher.close())
  return fetcher
}
const read = (fetcher: Fetcher, path: string, host = 'acme.com', port = sites.port): Promise<Page> =>
  fetcher.fetchPage(`http://${host}:${port}${path}`, { signal: new AbortController().signal, respectRobots: false })
const refusal = (asked: Promise<unknown>): Promise<HubError> =>
  asked.then(
    () => expect.fail('was read'),
    (error: HubError) => error,
  )

describe('reading through a proxy', () => {
  it('tells an HTTP proxy the address that was checked, and the site its own name', async () => {
    const proxy = await started(() => startHttpProxy('ann:p@ss'))
    const { html } = await read(through(`http://ann:p%40ss@127.0.0.1:${proxy.port}`), '/')
    expect(html).toBe('<p>Acme')
    expect(proxy.asked).toEqual([`127.0.0.1:${sites.port}`])
    expect(sites.asked).toContain('acme.com/')
  })

  it('does so with a SOCKS proxy', async () => {
    const proxy = await started(() => startSocksProxy('ann:p@ss'))
    const fetcher = through(`socks5://ann:p%40ss@127.0.0.1:${proxy.port}`)
    expect((await read(fetcher, '/')).html).toBe('<p>Acme')
    expect((await read(fetcher, '/team')).html).toBe('<p>Team')
    expect(proxy.asked[0]).toBe(`127.0.0.1:${sites.port}`)
    expect(proxy.logins[0]).toBe('ann:p@ss')
  })

  it('leads nowhere inside, neither at first nor by a redirect', async () => {
    const proxy = await started(startHttpProxy)
    const fetcher = through(`http://127.0.0.1:${proxy.port}`)
    expect(await refusal(read(fetcher, '/inside'))).toMatchObject({ kind: 'forbidden' })
    for (const host of ['127.0.0.1', '10.0.0.1', '169.254.169.254', 'rebind.com'])
      expect(await refusal(read(fetcher, '/', host, 8080))).toMatchObject({ kind: 'forbidden' })
    expect(proxy.asked).toEqual([`127.0.0.1:${sites.port}`])
  })

  it('takes the next proxy where one is not there, or refuses the log-in', async () => {
    const [good, strict] = [await started(startSocksProxy), await started(() => startHttpProxy('ann:right'))]
    const gone = await freePort()
    const fetcher = through(
      `http://127.0.0.1:${gone},http://ann:wrong@127.0.0.1:${strict.port},socks5://127.0.0.1:${good.port}`,
    )
    expect((await read(fetcher, '/')).html).toBe('<p>Acme')
    expect([strict.asked.length, good.asked.length]).toEqual([1, 1])
  })

  it('never reads directly where no proxy works, and says why without a password', async () => {
    const before = sites.asked.length
    const strict = await started(() => startHttpProxy('ann:right'))
    const fetcher = through(`http://ann:wr0ng-secret@127.0.0.1:${strict.port},socks5://127.0.0.1:${await freePort()}`)
    for (const path of ['/', '/team']) {
      const error = await refusal(read(fetcher, path))
      expect(error).toMatchObject({ kind: 'unavailable' })
      expect(error.message).toMatch(/None of the proxies.*refuses the log-in.*cannot be reached/)
      expect(`${error.message}${error.stack}${JSON.stringify(error.cause ?? '')}`).not.toContain('wr0ng-secret')
    }
    expect(sites.asked.length).toBe(before)
  })

  it('keeps a site with its proxy, and each proxy has a turn of its own at a site', async () => {
    const [one, two] = [await started(startHttpProxy), await started(startHttpProxy)]
    const fetcher = through(`http://127.0.0.1:${one.port},http://127.0.0.1:${two.port}`)
    for (const path of ['/', '/team', '/']) await read(fetcher, path)
    await read(fetcher, '/', 'other.com')
    expect(new Set(one.asked).size + new Set(two.asked).size).toBe(2)
    expect([one.asked.length > 0, two.asked.length > 0]).toEqual([true, true])
  })

  it('says when the proxy could not connect to the site', async () => {
    const proxy = await started(startHttpProxy)
    proxy.refuseWith = 503
    expect(await refusal(read(through(`http://127.0.0.1:${proxy.port}`), '/'))).toMatchObject({
      kind: 'unavailable',
      message: `The proxy 127.0.0.1:${proxy.port} cannot be used: It answered 503 when it was asked to connect.`,
    })
  })
})

const has = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0

const answers = async (port: number, child: ChildProcess): Promise<void> => {
  for (let tries = 0; tries < 100 && child.exitCode === null; tries++) {
    const socket = connect(port, '127.0.0.1')
    const stands = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false)
    socket.destroy()
    if (stands) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('the proxy does not start')
}

/** Proxies that others wrote; Debian's tinyproxy and microsocks. */
describe('proxies that nobody here wrote', () => {
  const run = async (program: string, args: readonly string[], port: number): Promise<void> => {
    const child = spawn(program, args, { stdio: 'ignore' })
    done.push(async () => {
      child.kill()
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    })
    await answers(port, child)
  }

  const overTls = async (): Promise<{ port: number; names: (string | undefined)[] }> => {
    const folder = mkdtempSync(join(tmpdir(), 'hub-tls-'))
    const [key, cert] = [join(folder, 'key'), join(folder, 'cert')]
    spawnSync('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'],
      ...['-keyout', key, '-out', cert, '-subj', '/CN=acme.com', '-addext', 'subjectAltName=DNS:acme.com'],
    ])
    const names: (string | undefined)[] = []
    const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) })
    server.on('secureConnection', ({ servername }) => names.push(servername || undefined))
    server.on('tlsClientError', () => undefined)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    done.push(() => {
      rmSync(folder, { recursive: true })
      server.closeAllConnections()
      server.close()
    })
    return { port: (server.address() as AddressInfo).port, names }
  }

  it.skipIf(!has('tinyproxy'))('tinyproxy reads for us, with a log-in', async () => {
    const port = await freePort()
    const folder = mkdtempSync(join(tmpdir(), 'hub-tinyproxy-'))
    done.push(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'conf')
    writeFileSync(file, `Port ${port}\nListen 127.0.0.1\nTimeout 20\nMaxClients 20\nBasicAuth ann secret\n`)
    await run('tinyproxy', ['-d', '-c', file], port)
    expect((await read(through(`http://ann:secret@127.0.0.1:${port}`), '/')).html).toBe('<p>Acme')
    const error = await refusal(read(through(`http://ann:wrong@127.0.0.1:${port}`), '/'))
    expect(error.message).toContain('refuses the log-in')
    const dead = await freePort()
    expect(
      (await refusal(read(through(`http://ann:secret@127.0.0.1:${port}`, dead), '/', 'acme.com', dead))).kind,
    ).toBe('unavailable')
  })

  it.skipIf(!has('microsocks'))('microsocks reads for us, with a log-in', async () => {
    const port = await freePort()
    await run('microsocks', ['-i', '127.0.0.1', '-p', String(port), '-u', 'ann', '-P', 'secret'], port)
    expect((await read(through(`socks5://ann:secret@127.0.0.1:${port}`), '/')).html).toBe('<p>Acme')
    const error = await refusal(read(through(`socks5://ann:wrong@127.0.0.1:${port}`), '/'))
    expect(error.message).toMatch(/None of the proxies/)
  })

  it.skipIf(!has('microsocks') || !has('openssl'))(
    'TLS through one names the site, and holds its certificate to it',
    async () => {
      const [port, { port: secure, names }] = [await freePort(), await overTls()]
      await run('microsocks', ['-i', '127.0.0.1', '-p', String(port)], port)
      const asked = through(`socks5://127.0.0.1:${port}`, secure).fetchPage(`https://acme.com:${secure}/`, {
        signal: new AbortController().signal,
        respectRobots: false,
      })
      // Signed by nobody: the handshake comes as far as the name, and ends there.
      expect((await refusal(asked)).message).toMatch(/certificate/)
      expect(names.every((name) => name === 'acme.com')).toBe(true)
    },
  )
})
