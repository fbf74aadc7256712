import { describe, expect, it } from 'vitest'
import { isFreeMailDomain } from '../../../contracts/free-mail.ts'
import { likelyDomain } from './typo.ts'

describe('typing errors', () => {
  it.each([
    ['gmial.com', 'gmail.com'],
    ['gamil.com', 'gmail.com'],
    ['gmai.com', 'gmail.com'],
    ['gmail.con', 'gmail.com'],
    ['gmail.cmo', 'gmail.com'],
    ['gmail.co', 'gmail.com'],
    ['hotnail.com', 'hotmail.com'],
    ['hotmial.com', 'hotmail.com'],
    ['outlok.com', 'outlook.com'],
    ['yahooo.com', 'yahoo.com'],
    ['yaho.com', 'yahoo.com'],
    ['protonmial.com', 'protonmail.com'],
    ['iclod.com', 'icloud.com'],
    ['acme.con', 'acme.com'],
    ['siemens.ney', 'siemens.net'],
  ])('%s was probably %s', (written, meant) => {
    expect(likelyDomain(written)).toBe(meant)
  })

  it.each([
    'gmail.com',
    'ymail.com',
    'mail.com',
    'email.com',
    'gmx.at',
    'gmx.com',
    'yahoo.co.in',
    'hotmail.es',
    'live.nl',
    'acme.example',
    'acme.co',
    'acme.om',
    'siemens.com',
    'mailinator.com',
    'hey.com',
    'me.com',
    'web.com',
  ])('leaves %s alone', (domain) => {
    expect(likelyDomain(domain)).toBeUndefined()
  })

  it('never doubts a provider it knows', () => {
    expect(
      ['gmx.net', 'aol.com', 'aim.com', 'att.net', 'bt.com', 'qq.com', '163.com', '126.com'].filter(
        (domain) => isFreeMailDomain(domain) && likelyDomain(domain),
      ),
    ).toEqual([])
  })
})
