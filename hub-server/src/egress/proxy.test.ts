import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { HubError } from '../contracts/errors.ts'
import { parseProxies } from './proxy.ts'

const refusal = (setting: string): HubError => {
  try {
    parseProxies(setting)
  } catch (thrown) {
    return thrown as HubError
  }
  return expect.fail('was taken')
}

describe('SCRAPE_PROXIES', () => {
  it('is a list of addresses, with a log-in or without', () => {
    expect(parseProxies('http://ann:p%40ss@proxy.acme.com:3128, socks5://10.0.0.9\nhttp://p.acme.com:80/')).toEqual([
      {
        protocol: 'http',
        host: 'proxy.acme.com',
        port: 3128,
        name: 'proxy.acme.com:3128',
        login: { user: 'ann', password: 'p@ss' },
      },
      { protocol: 'socks5', host: '10.0.0.9', port: 1080, name: '10.0.0.9:1080' },
      { protocol: 'http', host: 'p.acme.com', port: 80, name: 'p.acme.com:80' },
    ])
    expect(parseProxies('socks5://[fd00::9]:1081')).toMatchObject([{ host: 'fd00::9', port: 1081 }])
    expect(parseProxies('http://p.acme.com')).toMatchObject([{ port: 8080 }])
    expect(parseProxies('')).toEqual([])
  })

  it('is a file with one on each line', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hub-proxies-'))
    const file = join(folder, 'proxies')
    writeFileSync(file, '# ours\nhttp://p.acme.com:3128\r\n\n  socks5://q.acme.com:1080\n')
    try {
      expect(parseProxies(file).map(({ name }) => name)).toEqual(['p.acme.com:3128', 'q.acme.com:1080'])
      expect(parseProxies(`file://${file}`)).toHaveLength(2)
      expect(refusal(join(folder, 'nothing')).message).toBe(
        'The file that SCRAPE_PROXIES names cannot be read (ENOENT).',
      )
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it.each([
    'ann:secret@proxy.acme.com:3128',
    'ftp://ann:secret@proxy.acme.com',
    'socks4://ann:secret@proxy.acme.com',
    'http://ann:secret@',
    'http://ann:secret@proxy.acme.com/path',
    'http://ann:secret%zz@proxy.acme.com',
  ])('refuses %s by its place, and never repeats a password', (entry) => {
    const error = refusal(`http://p.acme.com,${entry}`)
    expect(error).toMatchObject({
      kind: 'invalid_input',
      message: 'Entry 2 of SCRAPE_PROXIES is not the address of a proxy.',
    })
    expect(`${error.message}${error.advice}${error.stack}`).not.toContain('secret')
  })
})
