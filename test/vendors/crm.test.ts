import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readRecords, upsertRecords } from '../../hub-server/src/capabilities/records.ts'
import { loadConnectors } from '../../hub-server/src/connectors/index.ts'
import { saysTheSame } from '../../hub-server/src/blocks/sync-crm/same.ts'
import type { Asked } from '../../hub-server/src/gateway/asking/gateway.ts'
import { isMap } from './descriptions/maps.ts'
import { builtIn, openStage, type Desk, type Stage } from './stage.ts'

// Every CRM that the hub knows, at the sandbox; adding a connector adds no test code. The witness is the sandbox's own
// record: what a vendor's server holds after the request, whatever the connector says of it.
const { connectors } = await loadConnectors({ builtIn })

const fields = {
  contact: {
    email: 'dora.maar@crm.example',
    firstName: 'Dora',
    lastName: 'Maar',
    fullName: 'Dora Maar',
    title: 'Buyer Extraordinary',
    phone: '+493012345678',
    mobile: '+4915112345678',
    linkedin: 'https://www.linkedin.com/in/dora-maar-9',
    company: 'Muster AG',
    website: 'https://crm-site.example',
    city: 'Wuppertal',
    state: 'Nordrhein',
    country: 'DE',
  },
  company: {
    name: 'Muster AG',
    domain: 'crm.example',
    website: 'https://www.crm-site.example',
    industry: 'Insurance',
    employees: 4711,
    revenue: 8150000,
    founded: 1987,
    description: 'Makes samples',
    phone: '+493099887766',
    linkedin: 'https://www.linkedin.com/company/muster',
    facebook: 'https://facebook.com/muster',
    street: 'Lindenweg 8',
    postcode: '42103',
    city: 'Wuppertal',
    state: 'Nordrhein',
    country: 'DE',
  },
} as const
const keys = { contact: 'dora.maar@crm.example', company: 'crm.example' }
/** What stands in place of them the second time, where that can be. */
const later: Readonly<Record<string, unknown>> = {
  title: 'Head of Buying',
  phone: '+493055555555',
  city: 'Solingen',
  name: 'Muster SE',
}

const cases = [...connectors.values()].flatMap(({ id, operations }) =>
  (['contact', 'company'] as const).flatMap((object) =>
    operations.has(`upsertRecords.${object}`) ? [{ id, object }] : [],
  ),
)

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage.close())
beforeEach(() => stage.post('reset'))

interface Output {
  readonly id: string
  readonly outcome: string
  readonly notWritten?: readonly { readonly field: string; readonly reason: string }[]
}
const outputOf = ([answer]: readonly Asked<unknown>[]): Output => {
  expect(answer?.error).toBeUndefined()
  return answer?.outputs[0] as Output
}

/**
 * All texts and numbers in the records that the sandbox holds for a connector, whatever it calls its kinds of record.
 */
const heldBy = async (connector: string): Promise<unknown[]> => {
  const kinds = ['contact', 'company', 'person', 'organization', 'Contact', 'Account', 'Lead']
  const held: unknown[] = []
  for (const kind of kinds) {
    const answer = (await (
      await fetch(`${stage.sandbox.url}/_sandbox/records/${connector}?object=${kind}`)
    ).json()) as { records: { fields: unknown }[] }
    for (const { fields: one } of answer.records) held.push(...leavesOf(one))
  }
  return held
}
const leavesOf = (value: unknown): unknown[] => {
  if (Array.isArray(value)) return value.flatMap(leavesOf)
  return isMap(value) ? Object.values(value).flatMap(leavesOf) : [value]
}
const words = (value: unknown): string =>
  String(value)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
const isHeld = (held: readonly unknown[], field: string, value: unknown): boolean =>
  held.some((one) => saysTheSame(field, value, one) || ` ${words(one)} `.includes(` ${words(value)} `))

const lost = (
  held: readonly unknown[],
  sent: Readonly<Record<string, unknown>>,
  { notWritten = [] }: Output,
): string[] => {
  const told = new Set(notWritten.map(({ field }) => field))
  return Object.entries(sent).flatMap(([field, value]) =>
    told.has(field) || isHeld(held, field, value) ? [] : [field],
  )
}

describe.each(cases)('$id writes a $object', ({ id, object }) => {
  const write = (desk: Desk, more: object = {}, values: object = fields[object]) =>
    desk.ask(upsertRecords, id, [{ object, key: keys[object], fields: values, ...more }])

  test('and each field sent stands in the record, or is named as not written', async () => {
    const desk = await stage.desk(`${id}-${object}-all`)
    const made = outputOf(await write(desk))
    expect(lost(await heldBy(id), fields[object], made)).toEqual([])
    expect(made.outcome).toBe('created')
    for (const { reason } of made.notWritten ?? []) expect(reason).toMatch(/[a-z].*\.$/)
    // Every one of them alone, by the record's id: nothing is lost for want of the others, and none of them is.
    const before = await heldBy(id)
    for (const [field, value] of Object.entries(later)) {
      if (!(field in fields[object])) continue
      const one = { [field]: value }
      const changed = outputOf(await write(desk, { id: made.id }, one))
      expect(changed.id).toBe(made.id)
      expect(lost(await heldBy(id), one, changed)).toEqual([])
    }
    const after = await heldBy(id)
    const untouched = Object.entries(fields[object]).filter(
      ([field, value]) => !(field in later) && isHeld(before, field, value),
    )
    const whole = connectors.get(id)?.operations.get(`upsertRecords.${object}`)?.manifest.whole ?? []
    for (const [field, value] of untouched)
      if (!whole.flat().includes(field)) expect(isHeld(after, field, value), field).toBe(true)
  })

  test('and reads it by id and by key, and nothing of what is not there', async () => {
    const desk = await stage.desk(`${id}-${object}-read`)
    const made = outputOf(await write(desk))
    const name = object === 'company' ? { name: 'Muster AG' } : {}
    for (const by of [
      { key: keys[object].toUpperCase(), ...name },
      { key: keys[object], id: made.id, ...name },
    ]) {
      const [found] = await desk.ask(readRecords, id, [{ object, ...by }])
      expect(found).toMatchObject({ status: 'done', outputs: [{ id: made.id }] })
    }
    const [nobody] = await desk.ask(readRecords, id, [
      { object, key: object === 'contact' ? 'nobody@outside.example' : 'outside.example' },
    ])
    expect(nobody).toMatchObject({ status: 'done', outputs: [] })
  })

  test('and says of one that was deleted that it is not there', async () => {
    const desk = await stage.desk(`${id}-${object}-gone`)
    const { id: made } = outputOf(await write(desk))
    const gone = made.replace(/\d{3}$/, '999')
    expect((await write(desk, { id: gone }, { phone: '+493011111111', name: 'X' }))[0]?.error?.kind).toBe('not_found')
    expect(await desk.ask(readRecords, id, [{ object, key: keys[object], id: gone }])).toMatchObject([
      { status: 'done', outputs: [] },
    ])
  })
})
