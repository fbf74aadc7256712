import { expect, it } from 'vitest'
import { Company } from '../../contracts/lead.ts'
import { asOutput } from './output.ts'

it('cuts off what a service says at too great length, and keeps the rest, which was paid for', () => {
  const technologies = Array.from({ length: 3_000 }, (_, at) => `t${at}`)
  const said = { name: 'x'.repeat(5_000), domain: 'acme.example', technologies }
  expect(asOutput(Company, said)).toEqual({
    output: { name: 'x'.repeat(1_000), domain: 'acme.example', technologies: technologies.slice(0, 1_000) },
  })
})

it('takes one for a list of one, as JSONata gives it', () => {
  expect(asOutput(Company, { technologies: 'React' })).toEqual({ output: { technologies: ['React'] } })
})

it('leaves no half of a character behind', () => {
  expect(asOutput(Company, { name: `${'x'.repeat(999)}𝒳` })).toEqual({ output: { name: `${'x'.repeat(999)}\ufffd` } })
})
