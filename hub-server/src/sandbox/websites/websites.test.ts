import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSandbox, type Sandbox } from '../index.ts'
import { ask, type Reply } from '../testing/ask.ts'
import { flavourOf } from './flavour.ts'

let folder = ''
let sandbox: Sandbox
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sites-'))
  mkdirSync(join(folder, 'my-own.test'))
  writeFileSync(join(folder, 'my-own.test', 'index.html'), '<h1>Mine</h1>')
  writeFileSync(join(folder, 'my-own.test', 'about.html'), '<h1>About mine</h1>')
  sandbox = await startSandbox({ connectorsDir: folder, sites: folder })
})
afterAll(async () => {
  await sandbox.stop()
  rmSync(folder, { recursive: true })
})

const visit = (host: string, path = '/'): Promise<Reply> => ask(sandbox.url + path, { host })

/** What a reader makes of the ways in which addresses are hidden. */
const readable = (html: string): string =>
  html
    .replace(/&#x([0-9a-f]+);/g, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/&#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code)))
    .replace(/ \[at\] /g, '@')
    .replace(/ \[dot\] /g, '.')
    .replace(/data-cfemail="([0-9a-f]+)"/g, (_all, hex: string) => {
      const [key = 0, ...bytes] = Buffer.from(hex, 'hex')
      return Buffer.from(bytes.map((byte) => byte ^ key)).toString()
    })

describe('a company’s website', () => {
  test('gives most people with title and e-mail, in every manner, when a hundred companies are read', async () => {
    const manners = new Set<string>()
    let found = 0
    for (const company of sandbox.companies(100)) {
      const flavour = flavourOf(sandbox.population, company)
      manners.add(flavour.markup).add(flavour.writing).add(flavour.robots)
      const home = await visit(company.domain)
      expect(home.status).toBe(200)
      for (const path of Object.values(flavour.paths)) expect(home.text).toContain(`href="${path}"`)
      const team = readable((await visit(company.domain, flavour.paths.team)).text)
      for (const person of sandbox.population.peopleOf(company.index)) {
        const shown = sandbox.population.onWebsite(person)
        expect(team.includes(person.email)).toBe(shown)
        if (shown) expect(team).toContain(person.title.replace('&', '&amp;'))
        if (shown) found++
      }
    }
    expect([...manners].sort()).toEqual([
      'at',
      'cfemail',
      'delay',
      'entities',
      'hcard',
      'json-ld',
      'mailto',
      'mailto-encoded',
      'microdata',
      'none',
      'open',
      'part',
      'plain',
      'text',
    ])
    expect(found).toBeGreaterThan(300)
  })

  test('has no trap: every link leads to a page of it that is there', async () => {
    for (const company of sandbox.companies(40, 200)) {
      const queue = ['/']
      const seen = new Set(queue)
      for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
        const { status, text } = await visit(company.domain, path)
        expect([path, status]).toEqual([path, 200])
        for (const [, link = ''] of text.matchAll(/href="(\/[^"]*)"/g)) {
          if (!link.startsWith('/cdn-cgi/') && !seen.has(link)) queue.push(link)
          seen.add(link)
        }
      }
      expect(seen.size).toBeLessThan(12)
    }
  })

  test('is found by its name, with and without www, and strangers are not found', async () => {
    const [company] = sandbox.companies(1)
    const domain = company?.domain ?? ''
    const here = { address: '127.0.0.1', port: Number(new URL(sandbox.url).port) }
    expect(await sandbox.resolveHost(domain)).toEqual(here)
    expect(await sandbox.resolveHost(`WWW.${domain}.`)).toEqual(here)
    expect((await visit(`www.${domain}`, '/team')).headers.location).toBe(`http://${domain}/team`)
    for (const stranger of [
      'example.com',
      'gmail.com',
      'nobody-at-all.example',
      'localhost',
      '169.254.169.254',
      'mailinator-like.example',
    ])
      expect(await sandbox.resolveHost(stranger)).toBeNull()
  })

  test('may come from a folder, under reserved names only, and shows nothing outside of it', async () => {
    expect((await visit('my-own.test')).text).toBe('<h1>Mine</h1>')
    expect((await visit('my-own.test', '/about')).text).toBe('<h1>About mine</h1>')
    expect((await visit('my-own.test', '/..%2f..%2fetc%2fpasswd')).status).toBe(404)
    expect(await sandbox.resolveHost('my-own.test')).not.toBeNull()
    const wrong = mkdtempSync(join(tmpdir(), 'sites-'))
    mkdirSync(join(wrong, 'google.com'))
    await expect(startSandbox({ connectorsDir: folder, sites: wrong })).rejects.toThrow(
      /must end in \.test or \.example/,
    )
    rmSync(wrong, { recursive: true })
  })
})

describe('a trap', () => {
  test('leads inside only by its address or a redirect', async () => {
    expect(await sandbox.resolveHost('private.test')).toMatchObject({ address: '10.0.0.1' })
    expect((await visit('redirects-inside.test')).headers.location).toBe('http://169.254.169.254/latest/meta-data/')
    expect((await visit('redirect-loop.test', '/a')).headers.location).toBe('/b')
    expect((await visit('redirect-loop.test', '/b')).headers.location).toBe('/a')
  })

  test('never ends, but stops when the reader goes', async () => {
    const size = await new Promise<number>((resolve, reject) => {
      let read = 0
      const request = http.get(sandbox.url, { headers: { host: 'endless.test' }, agent: false }, (response) => {
        response
          .on('data', (chunk: Buffer) => {
            read += chunk.length
            if (read > 5_000_000) request.destroy()
          })
          .on('close', () => resolve(read))
          .on('error', () => resolve(read))
      })
      request.on('error', (error) => (read > 0 ? resolve(read) : reject(error)))
    })
    expect(size).toBeGreaterThan(5_000_000)
  })

  test('is a gigabyte in a megabyte', async () => {
    const reply = await ask(sandbox.url, { host: 'gzip-bomb.test' })
    expect(reply.headers['content-encoding']).toBe('gzip')
    expect(reply.text.length).toBeLessThan(3_000_000)
  })

  test('never answers, and does not keep the sandbox from stopping', async () => {
    const other = await startSandbox({ connectorsDir: folder })
    const waiting = ask(other.url, { host: 'never-answers.test' }).catch((thrown: unknown) => String(thrown))
    await new Promise((resolve) => setTimeout(resolve, 100))
    await other.stop()
    expect(await waiting).toMatch(/hang up|reset/i)
  })
})
