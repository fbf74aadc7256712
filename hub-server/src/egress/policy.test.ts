import { describe, expect, it } from 'vitest'
import { HubError } from '../contracts/errors.ts'
import { parseAllowances } from './allowance.ts'
import { createPolicy } from './policy.ts'
import type { HostAddress } from './resolve-host.ts'
import { insideAddresses, insideHosts, notHosts } from './testing/inside.ts'

const at = (...addresses: string[]) => ({
  resolveHost: (): Promise<HostAddress[]> =>
    Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))),
})
const policyFor = (allow: string, more: object = {}) => createPolicy({ allow: parseAllowances(allow), ...more })
const refusal = (asked: Promise<unknown>): Promise<HubError> =>
  asked.then(
    () => expect.fail('was found'),
    (error: HubError) => error,
  )

describe('an egress policy', () => {
  it('knows at least 150 spellings of inside addresses', () => {
    expect(new Set(insideHosts).size).toBeGreaterThanOrEqual(150)
  })

  it.each(insideHosts)('does not let anybody connect to %s', async (host) => {
    const error = await refusal(policyFor('', at('8.8.8.8')).find(host, 80))
    expect(['forbidden', 'invalid_input']).toContain(error.kind)
  })

  it.each(notHosts)('takes “%s” for no host', async (host) => {
    expect(await refusal(policyFor('', at('8.8.8.8')).find(host, 80))).toMatchObject({ kind: 'invalid_input' })
  })

  it.each(insideAddresses)('does not let a name lead to %s, beside a public address either', async (address) => {
    expect(await refusal(policyFor('', at(address)).find('rebind.com', 443))).toMatchObject({ kind: 'forbidden' })
    expect(await refusal(policyFor('', at('8.8.8.8', address)).find('mixed.com', 443))).toMatchObject({
      kind: 'forbidden',
    })
  })

  it.each([
    ['8.8.8.8', '8.8.8.8'],
    ['2606:4700:4700::1111', '2606:4700:4700::1111'],
    ['[2606:4700:4700::1111]', '2606:4700:4700::1111'],
    ['134744072', '8.8.8.8'],
  ])('lets %s be connected to, as %s', async (host, address) => {
    expect(await policyFor('').find(host, 443)).toMatchObject([{ address }])
  })

  it('says what to do, and the same whether anything listens there or not', async () => {
    expect(await refusal(policyFor('', at('10.0.0.5')).find('wiki.acme.com', 80))).toMatchObject({
      message: 'wiki.acme.com leads to an address inside your network (10.0.0.5).',
      advice: 'If that is meant, whoever runs the hub names it in EGRESS_ALLOW.',
    })
    expect(await refusal(policyFor('').find('127.0.0.1', 80))).toMatchObject({
      message: '127.0.0.1 is an address on the hub’s own machine.',
    })
  })

  it.each([
    ['ollama.internal:11434', 'ollama.internal', 11434, '10.0.0.5'],
    ['ollama.internal', 'OLLAMA.internal.', 80, '127.0.0.1'],
    ['10.0.0.0/8:25', 'mail.acme.com', 25, '10.9.8.7'],
    ['10.0.0.5', '10.0.0.5', 80, '10.0.0.5'],
    ['[fd00::5]:25', 'mail.acme.com', 25, 'fd00::5'],
    ['fd00::/8', 'fd12::1', 80, 'fd12::1'],
    ['[fd00::/8]:80', 'fd12::1', 80, 'fd12::1'],
  ])('%s lets %s:%i be reached', async (allow, host, port, address) => {
    expect(await policyFor(allow, at(address)).find(host, port)).toMatchObject([{ address }])
  })

  it.each([
    ['ollama.internal:11434', 'ollama.internal', 22, '10.0.0.5'],
    ['ollama.internal', 'evil.ollama.internal', 80, '10.0.0.5'],
    ['ollama.internal', 'ollama.internal.evil.com', 80, '10.0.0.5'],
    ['10.0.0.0/8:25', 'mail.acme.com', 25, '192.168.0.1'],
    ['10.0.0.0/8', 'evil.com', 80, '::ffff:10.0.0.5'],
    ['0.0.0.0/0,::/0', 'evil.com', 80, '169.254.169.254'],
    ['0.0.0.0/0,::/0', 'evil.com', 80, 'fd00:ec2::254'],
    ['0.0.0.0/0,::/0', 'evil.com', 80, '::ffff:169.254.169.254'],
    ['evil.com', 'evil.com', 80, '169.254.169.254'],
    ['metadata.google.internal', 'metadata.google.internal', 80, '10.0.0.5'],
  ])('%s opens no way to %s:%i at %s', async (allow, host, port, address) => {
    expect(await refusal(policyFor(allow, at(address)).find(host, port))).toMatchObject({ kind: 'forbidden' })
  })

  it('that is closed lets nothing be reached but what is named', async () => {
    const closed = policyFor('127.0.0.1:9000', { closed: true, ...at('8.8.8.8') })
    expect(await closed.find('127.0.0.1', 9000)).toHaveLength(1)
    expect(await refusal(closed.find('127.0.0.1', 9001))).toMatchObject({ kind: 'forbidden' })
    expect(await refusal(closed.find('8.8.8.8', 443))).toMatchObject({ kind: 'wrong_mode' })
    expect(await refusal(closed.find('acme.com', 443))).toMatchObject({ kind: 'wrong_mode' })
  })
})

describe('EGRESS_ALLOW', () => {
  it.each([
    'http://ollama:11434',
    'ollama:port',
    'ollama:0',
    'ollama:70000',
    '10.0.0.0/33',
    '0x7f.1',
    '2130706433',
    'a b',
    '*.internal',
    '[fd00::5',
    '10.0.0.5/8/9',
  ])('refuses “%s”, and says how an entry looks', (entry) => {
    expect(() => parseAllowances(`localhost,${entry}`)).toThrow(
      expect.objectContaining({ kind: 'invalid_input', message: expect.stringContaining(`“${entry}”`) as string }),
    )
  })

  it('is empty where nothing is given', () => {
    expect(parseAllowances(' , ')).toEqual([])
  })
})
