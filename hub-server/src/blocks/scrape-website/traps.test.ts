import { describe, expect, it } from 'vitest'
import { withoutTraps } from './traps.ts'

describe('addresses that nobody sees', () => {
  it.each([
    '<div style="display:none"><a href="mailto:trap@acme.example">trap@acme.example</a></div>',
    '<a href="mailto:trap@acme.example" style="visibility: hidden">Mail</a>',
    '<p hidden>trap@acme.example</p>',
    '<span style="position:absolute;left:-9999px" aria-hidden="true">Do not write to trap@acme.example</span>',
    '<span style="font-size:0">trap@acme.example</span>',
    '<style>.hp { display: none }</style><b class="x hp">trap@acme.example</b>',
  ])('are taken out: %s', (trap) => {
    const html = withoutTraps(`<body>${trap}<p>Write to info@acme.example</p></body>`)
    expect(html).not.toContain('trap@')
    expect(html).toContain('info@acme.example')
  })

  it.each([
    '<div style="display:none"><h3>Our offices</h3><p>New York, 1 Main Street, call +1 202 555 ' +
      '0101</p><p>ny@acme.example</p></div>',
    '<style>@media print { .hp { display: none } }</style><b class="hp">info@acme.example</b>',
    '<p style="opacity:0.9">info@acme.example</p>',
    '<div hidden>Menu</div><p>info@acme.example</p>',
  ])('tabs, menus and what is seen stay: %s', (html) => {
    expect(withoutTraps(html)).toBe(html)
  })

  it('does nothing slowly', () => {
    const nasty = [
      '<style>.'.repeat(50_000),
      `<p hidden>${'a@'.repeat(200_000)}`,
      `<p style="display:none">${'.a'.repeat(200_000)}`,
    ]
    expect(nasty.map((html) => typeof withoutTraps(html))).toEqual(['string', 'string', 'string'])
  })
})
