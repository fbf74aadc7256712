import { readdirSync } from 'node:fs'
import type { IDataObject } from 'n8n-workflow'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inCheckout } from '../../launcher/paths.ts'
import { withoutN8n } from '../flagship/missing.ts'
import { startHub, type Hub } from '../hub/hub-process.ts'

/** What each template is tried with: what its trigger gives, and how many rows must come out. */
const tries: Record<string, { name: string; given: IDataObject[]; rows: (rows: IDataObject[]) => void }[]> = {
  'website-to-crm': [
    {
      name: 'no website has an address',
      given: [{ 'Company websites': 'nobody-there.example\nno-one-here.example' }],
      rows: (rows) => {
        expect(rows.map(({ website }) => website).sort()).toEqual(['no-one-here.example', 'nobody-there.example'])
        for (const { reason, crm } of rows) expect([typeof reason, crm]).toEqual(['string', null])
      },
    },
    {
      name: 'some have addresses, some do not',
      given: [{ 'Company websites': 'wasteful-space.example\nnobody-there.example\nlast-individual.example' }],
      rows: (rows) => {
        expect(rows.some(({ crm }) => crm)).toBe(true)
        expect(rows.some(({ verdict, crm }) => verdict && !crm)).toBe(true)
        expect(rows.filter(({ website }) => website === 'nobody-there.example')).toHaveLength(1)
        expect(rows.filter(({ crm, reason }) => !crm === !reason)).toEqual([])
      },
    },
    {
      name: 'one website',
      given: [{ 'Company websites': 'wasteful-space.example' }],
      rows: (rows) => {
        expect(rows.length).toBeGreaterThan(1)
        expect(rows.filter(({ crm, reason }) => !crm === !reason)).toEqual([])
      },
    },
  ],
}

const slugs = readdirSync(inCheckout('templates'))

/** A CRM that has had a contact before says so: what differs between two runs and not between two orders. */
const comparable = ({ crm, ...row }: IDataObject): string => JSON.stringify({ ...row, crm: crm !== null })

describe.skipIf(withoutN8n)(`a template in both of n8n's execution orders${withoutN8n}`, () => {
  let hub: Hub
  beforeAll(async () => {
    hub = await startHub()
  })
  afterAll(() => hub?.stop())

  test.each(slugs)('%s is tried here', (slug) => {
    expect(tries[slug]?.length).toBeGreaterThan(0)
  })

  for (const slug of slugs) {
    describe(slug, () => {
      test.each(tries[slug] ?? [])(
        '$name',
        async ({ given, rows }) => {
          // Only where n8n is installed: its own nodes are loaded with it.
          const { runTemplate, templateFile } = await import('./run-template.ts')
          const template = templateFile(slug)
          const [newer, older] = [
            await runTemplate(template, 'v1', given, hub),
            await runTemplate(template, 'v0', given, hub),
          ]
          rows(newer)
          rows(older)
          expect(older.map(comparable).sort()).toEqual(newer.map(comparable).sort())
        },
        120_000,
      )
    })
  }
})
