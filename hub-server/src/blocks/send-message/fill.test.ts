import { describe, expect, it } from 'vitest'
import { escapeHtml, fill, oneLine } from './fill.ts'

const lead = { firstName: 'Ada', company: { name: 'Smith & Sons' }, tags: ['a', 'b'], empty: '' }

describe('the fields of a lead in a text', () => {
  it.each([
    ['Hello {{firstName}}', 'Hello Ada'],
    ['{{ firstName }} of {{company.name}}', 'Ada of Smith & Sons'],
    ['{{nick|there}}, {{tags}}', 'there, a, b'],
    ['{{empty|none}}', 'none'],
    ['a {{}} b {x}', 'a {{}} b {x}'],
  ])('%s', (text, filled) => {
    expect(fill(text, lead)).toEqual({ text: filled })
  })

  it('says which are missing', () => {
    expect(fill('{{nick}} {{firstName}} {{empty}}', lead)).toEqual({ missing: ['nick', 'empty'] })
  })

  it('a value is no markup in HTML and no second line in a subject', () => {
    expect(fill('<b>{{x}}</b>', { x: '<script>"&' }, escapeHtml)).toEqual({ text: '<b>&lt;script&gt;&quot;&amp;</b>' })
    expect(fill('Re: {{x}}', { x: 'a\r\nBcc: b@c.example' }, oneLine)).toEqual({ text: 'Re: a Bcc: b@c.example' })
  })
})
