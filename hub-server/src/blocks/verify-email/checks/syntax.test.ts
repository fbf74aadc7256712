import { describe, expect, it } from 'vitest'
import { checkAddress } from './checkAddress.ts'
import { checkSyntax } from './syntax.ts'
import { yardstick } from '../../../contracts/testing/yardstick.ts'

interface IsEmailCase {
  address: string
  category: string
}
interface ValidatorCase {
  validator: string
  args: unknown[]
  valid?: string[]
  invalid?: string[]
}

describe('syntax', () => {
  const problemOf = (address: string) => {
    const syntax = checkSyntax(address)
    return syntax.valid ? undefined : syntax.problem
  }

  it.each([
    'anna@acme.example',
    "o'neill+crm@acme.co.uk",
    '"anna m."@acme.example',
    'jörg@müller.de',
    'test@[192.0.2.1]',
    '用户@例子.公司',
  ])('accepts %s', (address) => {
    expect(problemOf(address)).toBeUndefined()
  })

  it.each([
    ['', 'There is no address.'],
    ['anna.acme.example', 'There is no @.'],
    ['@acme.example', 'Nothing stands before the @.'],
    ['anna@', 'Nothing stands after the @.'],
    ['anna..b@acme.example', 'The part before the @ has two dots in a row.'],
    ['anna@acme.example\n', 'It contains a space or a line break.'],
    ['anna@@acme.example', 'There is more than one @.'],
    ['anna@acme_inc.example', 'The domain contains a character that is not allowed there.'],
    ['anna@[300.1.1.1]', 'The brackets do not hold an IP number.'],
  ])('says what is wrong with %j', (address, problem) => {
    expect(problemOf(address)).toBe(problem)
  })

  it('writes international domains the way mail servers know them', () => {
    expect(checkSyntax('anna@Müller.DE')).toMatchObject({ domain: 'xn--mller-kva.de' })
  })

  const isEmail = yardstick<IsEmailCase[]>('email/isemail.json')
  it.skipIf(!isEmail)('agrees with isemail: no wrong accept, no wrong reject', () => {
    const of = (categories: string[]) =>
      (isEmail ?? []).filter(({ category }) => categories.includes(category.replace('ISEMAIL_', '')))
    const bad = of(['ERR'])
    const good = of(['VALID_CATEGORY', 'DNSWARN', 'RFC5321'])
    expect([bad.length, good.length]).toEqual([66, 38])
    expect(bad.filter(({ address }) => checkSyntax(address).valid)).toEqual([])
    expect(good.filter(({ address }) => !checkSyntax(address).valid)).toEqual([])
  })

  const validator = yardstick<ValidatorCase[]>('email/validatorjs_selected.json')
  it.skipIf(!validator)('agrees with validator.js on every address of its default cases', () => {
    const cases = (validator ?? []).filter(({ validator: name, args }) => name === 'isEmail' && args.length === 0)
    const accepted = (address: string) => checkAddress(address).problem === undefined
    expect(cases.flatMap(({ valid }) => valid ?? []).filter((address) => !accepted(address))).toEqual([])
    expect(cases.flatMap(({ invalid }) => invalid ?? []).filter(accepted)).toEqual([])
  })
})
