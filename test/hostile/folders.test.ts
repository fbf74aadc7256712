import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BlockAnswer } from '../../hub-server/src/api/runs.ts'
import { loadConnectors } from '../../hub-server/src/connectors/index.ts'
import type { Connectors } from '../../hub-server/src/contracts/connector.ts'
import { newFolder, startHub, type Hub } from '../hub/hub-process.ts'
import { randomFrom } from '../hub/random.ts'
import { canary, evils, makeEvil, makeOutside } from './evil-folders.ts'
import { goodIcon, makeGood, manifestOf, type Evil } from './evil-parts.ts'

const seed = Number(process.env.HOSTILE_SEED ?? 11)
const isLong = Boolean(process.env.HOSTILE_LONG)
const random = randomFrom(seed)

const place = newFolder()
const outside = join(place, 'outside')
const goods = ['aaa-good', 'mmm-good', 'zzz-good']
beforeAll(() => makeOutside(outside))
afterAll(() => rmSync(place, { recursive: true, force: true }))

interface Made {
  readonly evil: Evil
  readonly folder: string
}

/** Folders of all kinds in turn, between good ones. */
const makeMany = (within: string, count: number): Made[] => {
  mkdirSync(within)
  for (const id of goods) makeGood(join(within, id), id)
  return Array.from({ length: count }, (_, number) => {
    const evil = evils[number % evils.length] ?? expect.fail('There is no kind.')
    return { evil, folder: makeEvil(within, outside, evil, number, random) }
  })
}

describe('in process', () => {
  const own = join(place, 'in-process')
  let made: Made[]
  beforeAll(() => {
    made = makeMany(own, isLong ? 2_000 : 300)
  })

  test(
    'each folder is told of or works, in no time, and the good ones beside it work',
    { timeout: 1_200_000 },
    async () => {
      expect(evils.length).toBeGreaterThanOrEqual(25)
      // What is compiled and loaded the first time says nothing of a folder.
      await loadConnectors({ own: [join(place, 'in-process')] })
      const slowest = new Map<string, number>()
      const wrong: string[] = []
      for (const { evil, folder } of made) {
        const alone = join(place, 'alone')
        mkdirSync(alone)
        makeGood(join(alone, 'good'), 'good')
        symlinkSync(folder, join(alone, basename(folder)))
        // Time of this thread alone: another load of the machine cannot lengthen it.
        const before = process.threadCpuUsage()
        const { connectors, problems } = await loadConnectors({ own: [alone] })
        const { user, system } = process.threadCpuUsage(before)
        rmSync(alone, { recursive: true })
        const ms = (user + system) / 1000
        slowest.set(evil.name, Math.max(slowest.get(evil.name) ?? 0, ms))
        const works = connectors.has(basename(folder))
        if (!connectors.has('good')) wrong.push(`${evil.name}: the good one beside it does not work`)
        if (!evil.mayWork && works) wrong.push(`${evil.name}: it is taken for a connector`)
        if (!evil.mayWork && problems.length === 0) wrong.push(`${evil.name}: nothing is said of it`)
        for (const { message, instead } of problems) {
          if (message === '' || instead === '') wrong.push(`${evil.name}: ${message} ${instead}`)
          if (/[\p{Cc}]/u.test(message + instead)) wrong.push(`${evil.name}: a control character in ${message}`)
          if (/at \S+ \(|node_modules|\[object/.test(message)) wrong.push(`${evil.name}: insides in ${message}`)
          if (message.includes(canary)) wrong.push(`${evil.name}: what is outside in ${message}`)
          if (message.length > 500) wrong.push(`${evil.name}: a message of ${message.length} characters`)
        }
      }
      const worst = [...slowest].sort((a, b) => b[1] - a[1]).slice(0, 8)
      process.stderr.write(
        `${made.length} folders of ${evils.length} kinds, seed ${seed}; slowest, ms of the thread: ` +
          `${worst.map(([name, ms]) => `${name} ${Math.round(ms)}`).join(', ')}\n`,
      )
      expect(wrong).toEqual([])
      expect(worst[0]?.[1]).toBeLessThan(200)
    },
  )

  test('all at once hold the loop no longer than one of them', { timeout: 600_000 }, async () => {
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    const { connectors, problems } = await loadConnectors({ own: [own] })
    delay.disable()
    process.stderr.write(`the loop was held for ${Math.round(delay.max / 1e6)} ms at most\n`)
    expect([...connectors.keys()]).toEqual(expect.arrayContaining(goods))
    expect(JSON.stringify(problems)).not.toContain(canary)
    // Beside other work the machine may take its time.
    expect(delay.max / 1e6).toBeLessThan(1_000)
  })

  test('10,000 folders: the first thousand are read, the others are told of', { timeout: 600_000 }, async () => {
    const many = join(place, 'many')
    mkdirSync(many)
    for (let number = 0; number < 10_000; number++) {
      const id = `many-${String(number).padStart(5, '0')}`
      mkdirSync(join(many, id))
      writeFileSync(join(many, id, 'connector.yaml'), manifestOf(id))
    }
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    const { connectors, problems } = await loadConnectors({ own: [many] })
    delay.disable()
    process.stderr.write(`of 10,000 folders the loop was held for ${Math.round(delay.max / 1e6)} ms at most\n`)
    expect(connectors.size).toBe(1_000)
    expect(problems).toMatchObject([{ message: expect.stringContaining('“many-01000” and those after it') as string }])
    expect(delay.max / 1e6).toBeLessThan(1_000)
    rmSync(many, { recursive: true })
  })
})

type Answer = BlockAnswer<{ verdict: string }>

/**
 * On a busy machine a hub has to wait for its turn, which says nothing of folders: how long they hold the loop is
 * measured above. One that ran something evil itself would never answer.
 */
const mostHealthMs = 10_000

describe('in a whole hub', () => {
  const own = join(place, 'in-hub')
  let made: Made[]
  let hub: Hub
  beforeAll(async () => {
    made = makeMany(own, isLong ? 500 : evils.length)
    hub = await startHub({ env: { CONNECTORS_DIR: own, LOG_LEVEL: 'debug' } })
  })
  afterAll(async () => {
    expect(await hub.stop()).toBe(0)
  })

  const verify = async (provider: string, email: string) => {
    const options = { depth: 'services', providers: [provider], maxAgeDays: 0 }
    const body = { items: [{ email }], options }
    return hub.call<Partial<Answer>>('POST', '/v1/blocks/verify-email', { key: hub.keys.test, body })
  }
  const expectGood = async (email: string): Promise<void> => {
    for (const id of goods)
      expect((await verify(id, email)).body).toMatchObject({
        results: [{ status: 'done', outputs: [{ verdict: 'deliverable' }] }],
      })
  }
  const shown = async (): Promise<Connectors> =>
    (await hub.call<Connectors>('GET', '/v1/connectors', { key: hub.keys.test })).body

  /** Asks for /health without a pause until the work is done. @returns the longest answer, ms */
  const healthDuring = async (work: () => Promise<void>): Promise<number> => {
    let isOver = false
    const working = work().finally(() => {
      isOver = true
    })
    // It is waited for at the end.
    working.catch(() => undefined)
    let longest = 0
    while (!isOver) {
      const start = performance.now()
      expect((await hub.call('GET', '/health')).status).toBe(200)
      longest = Math.max(longest, performance.now() - start)
      await pause(5)
    }
    await working
    return longest
  }

  test('each folder is told of or works', async () => {
    const { connectors, problems } = await shown()
    const ids = connectors.map(({ id }) => id)
    expect(ids).toEqual(expect.arrayContaining(goods))
    const silent = made.filter(
      ({ evil, folder }) =>
        !evil.mayWork && (ids.includes(basename(folder)) || !problems.some(({ file }) => file.startsWith(folder))),
    )
    expect(silent.map(({ evil }) => evil.name)).toEqual([])
    await expectGood('first@acme.example')
  })

  test('no picture shows what is outside, nor runs anything', async () => {
    for (const { evil, folder } of made) {
      const response = await fetch(`${hub.url}/v1/connectors/${basename(folder)}/icon`)
      const text = await response.text()
      expect(text, evil.name).not.toContain(canary)
      expect([200, 404], evil.name).toContain(response.status)
      if (response.status !== 200) continue
      expect(response.headers.get('content-type')).toMatch(/^image\/svg\+xml/)
      expect(response.headers.get('x-content-type-options')).toBe('nosniff')
      expect(response.headers.get('content-security-policy')).toBe(
        "default-src 'none'; style-src 'unsafe-inline'; sandbox",
      )
    }
    const good = await fetch(`${hub.url}/v1/connectors/${goods[0]}/icon`)
    expect(await good.text()).toBe(goodIcon)
    expect((await fetch(`${hub.url}/v1/connectors/hunter/icon`)).status).toBe(200)
  })

  test('each that runs something evil fails for itself, and others are answered', { timeout: 900_000 }, async () => {
    const { connectors } = await shown()
    const running = made
      .slice(0, evils.length)
      .filter(
        ({ evil, folder }) =>
          /^(expression|sandbox):/.test(evil.name) && connectors.some(({ id }) => id === basename(folder)),
      )
    const askAll = async (rest: Made[]): Promise<void> => {
      for (let next = rest.pop(); next; next = rest.pop()) {
        const { status, body, text } = await verify(basename(next.folder), 'evil@acme.example')
        // A service that fails again and again is not waited for any longer: then it is a run.
        expect([200, 202], next.evil.name).toContain(status)
        if (status === 200) expect(['done', 'failed'], next.evil.name).toContain(body.results?.[0]?.status)
        expect(text, next.evil.name).not.toContain(canary)
      }
    }
    const longest = await healthDuring(async () => {
      const rest = [...running]
      await Promise.all([askAll(rest), askAll(rest), askAll(rest), askAll(rest)])
    })
    process.stderr.write(`${running.length} evil connectors asked; /health took ${Math.round(longest)} ms at most\n`)
    expect(longest).toBeLessThan(mostHealthMs)
    await expectGood('second@acme.example')
  })

  test('folders that change under the hub leave it and the good ones as they are', async () => {
    const longest = await healthDuring(async () => {
      for (let round = 0; round < (isLong ? 40 : 8); round++) {
        const folder = join(own, `churn-${round}`)
        makeGood(folder, `churn-${round}`)
        await pause(random() * 400)
        const change = [
          () => rmSync(folder, { recursive: true }),
          () => {
            rmSync(folder, { recursive: true })
            writeFileSync(folder, 'no folder any more')
          },
          () => renameSync(folder, `${folder}-renamed`),
          () => {
            for (let count = 0; count < 3_000; count++) writeFileSync(join(folder, `${count}.txt`), '')
          },
          () => {
            rmSync(join(folder, 'icon.svg'))
            symlinkSync(join(outside, 'icon.svg'), join(folder, 'icon.svg'))
          },
          () => {
            rmSync(join(folder, 'connector.yaml'))
            mkdirSync(join(folder, 'connector.yaml'))
          },
          () => {
            rmSync(folder, { recursive: true })
            symlinkSync(outside, folder)
          },
          () => writeFileSync(join(folder, 'connector.yaml'), 'a: *nothing'),
        ][round % 8]
        change?.()
        await pause(random() * 400)
      }
    })
    process.stderr.write(`folders changed; /health took ${Math.round(longest)} ms at most\n`)
    expect(longest).toBeLessThan(mostHealthMs)
    makeGood(join(own, 'late-good'), 'late-good')
    await expect
      .poll(async () => (await shown()).connectors.map(({ id }) => id), { timeout: 60_000, interval: 500 })
      .toContain('late-good')
    await expectGood('third@acme.example')
  })

  test('nothing that is outside stands in the log', () => {
    expect(hub.output()).not.toContain(canary)
  })
})
