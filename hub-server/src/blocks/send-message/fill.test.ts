import { describe, expect, it } from 'vitest'
import { escapeHtml } from '../../contracts/escape-html.ts'
import { fill, oneLine } from './fill.ts'
import { parse } from './placeholders.ts'

const lead = {
  firstName: 'Ada',
  company: { name: 'Smith & Sons' },
  tags: ['a', 'b'],
  empty: '',
  score: 0,
  'Company size': 7,
}

describe('the fields of a lead in a text', () => {
  it.each([
    ['Hello [[firstName]]', 'Hello Ada'],
    ['[[ firstName ]] of [[company.name]]', 'Ada of Smith & Sons'],
    ['[[nick|there]], [[tags]]', 'there, a, b'],
    ['[[empty|none]][[nick|]]', 'none'],
    ['[[Company size]] people, score [[score]]', '7 people, score 0'],
    ['a [b] {c} [[[firstName]]] <![endif]--> @media{a{b:c}}', 'a [b] {c} [Ada] <![endif]--> @media{a{b:c}}'],
    ['Hello {{firstName}} of {{ company.name }}, {{nick|there}}', 'Hello Ada of Smith & Sons, there'],
  ])('%s', (text, filled) => {
    expect(fill(text, lead)).toEqual({ text: filled })
  })

  it('says which are missing', () => {
    expect(fill('[[nick]] [[firstName]] {{empty}}', lead)).toEqual({ missing: ['nick', 'empty'] })
  })

  it.each([
    '[[firstName',
    'Hello [[]],',
    '[[|there]]',
    '{{ }}',
    '{{firstName',
    '{{firstName}',
    '[[first\nName',
    '{{ $json.firstName }}',
    '[[#if x]]',
  ])('an open or empty placeholder is none: %s', (text) => {
    expect(parse(text)).toHaveProperty('broken')
    expect(fill(text, lead)).toHaveProperty('problem')
  })

  it.each([
    ['Hello [[firstName]],', { firstName: 'undefined' }, { missing: ['firstName'] }],
    ['Hello [[firstName|there]],', { firstName: 'undefined' }, { text: 'Hello there,' }],
    ['Hello [[firstName|there]],', { firstName: '[object Object]' }, { text: 'Hello there,' }],
    [
      'From [[company]]',
      lead,
      { problem: 'The lead’s company is several fields and not a text: name one of them, such as [[company.name]].' },
    ],
    ['Hello undefined,', lead, { problem: 'The message has “undefined” where a value should stand.' }],
    [
      'Hello [[name]],',
      { name: 'Ada [object Object]' },
      { problem: 'The message has “[object Object]” where a value should stand.' },
    ],
  ])('a program’s word for nothing is never sent: %s', (text, item, filled) => {
    expect(fill(text, item)).toEqual(filled)
  })

  it('a value is no markup in HTML and no second line in a subject', () => {
    expect(fill('<b>[[x]]</b>', { x: '<script>"&' }, escapeHtml)).toEqual({ text: '<b>&lt;script&gt;&quot;&amp;</b>' })
    expect(fill('Re: [[x]]', { x: 'a\r\nBcc: b@c.example' }, oneLine)).toEqual({ text: 'Re: a Bcc: b@c.example' })
  })

  it('a value is not read as a text of its own', () => {
    expect(fill('[[x]]', { x: '[[firstName]] {{' })).toEqual({ text: '[[firstName]] {{' })
  })
})
