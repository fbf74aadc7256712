import { describe, expect, it } from 'vitest'
import { isRoleName } from './roles.ts'
import { yardstick, yardstickLines } from '../../contracts/testing/yardstick.ts'

interface Labelled {
  tokens: [label: string, word: string][]
}

describe('addresses of a function', () => {
  it.each([
    'info',
    'Sales',
    'sales-uk',
    'sales.team',
    'customer_support',
    'customersupport',
    'info2',
    'support+crm',
    'no-reply',
    'noreply-news',
    'kundenservice',
    'büro',
    'ventas',
    'comptabilité',
    '2024',
  ])('%s is one', (local) => {
    expect(isRoleName(local)).toBe(true)
  })

  it.each([
    'anna',
    'anna.schmidt',
    'a.page',
    'bill',
    'grant',
    'art.director.jones',
    'mark.sales',
    'hrothgar',
    'infanta',
    'marketa',
    'tim.office',
    'christeam',
    'pr.smith',
    'maria.teresa',
  ])('%s is none', (local) => {
    expect(isRoleName(local)).toBe(false)
  })

  const reacher = yardstickLines('email/lists/reacher_roles.txt')
  it.skipIf(!reacher)('knows most of what others list', () => {
    const known = (reacher ?? []).filter(isRoleName).length
    expect(known / (reacher ?? []).length).toBeGreaterThan(0.7)
  })

  const people = yardstick<Labelled[]>('names/person_labeled.json')
  it.skipIf(!people)('takes nearly no name of a person for one', () => {
    const words = (people ?? [])
      .flatMap(({ tokens }) => tokens)
      .filter(([label]) => label === 'GivenName' || label === 'Surname')
    const names = [...new Set(words.map(([, word]) => word.toLowerCase().replace(/[^a-z]/g, '')))].filter(
      (name) => name.length > 2,
    )
    const wrong = names.filter(isRoleName)
    expect(wrong.length / names.length, wrong.join(' ')).toBeLessThan(0.01)
  })
})
