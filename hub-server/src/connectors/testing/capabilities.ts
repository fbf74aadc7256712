import { Type } from 'typebox'
import { capability, stableKey, type Capability } from '../../capabilities/capability.ts'
import { capabilities as hubs } from '../../capabilities/index.ts'

const one = (name: string, effect: Capability['effect'], input: Record<string, unknown>, output: Record<string, unknown>): Capability =>
  capability({
    name,
    group: 'Find',
    description: name,
    effect,
    expiryDays: 0,
    input: Type.Object(Object.fromEntries(Object.keys(input).map((key) => [key, Type.Optional(Type.String())]))),
    output: Type.Object(Object.fromEntries(Object.keys(output).map((key) => [key, Type.String()]))),
    key: stableKey,
  })

/** The hub's capabilities, and small ones for what the engine must be able to do before the hub can. */
export const capabilities: Readonly<Record<string, Capability>> = {
  ...Object.fromEntries(
    [
      one('solveCaptcha', 'read', { url: 0, siteKey: 0 }, { solution: 0 }),
      one('sendMessage', 'send', { to: 0, from: 0, text: 0, media: 0 }, { id: 0 }),
      one('scrapePage', 'read', { url: 0 }, { html: 0 }),
      one('locateIp', 'read', { ip: 0 }, { city: 0, country: 0 }),
    ].map((each) => [each.name, each]),
  ),
  ...hubs,
}
