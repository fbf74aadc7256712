import { describe, expect, it } from 'vitest'
import { emailsIn, findEmails, mailtoAddresses } from './emails.ts'
import { viewPage } from './view.ts'

const emails = (html: string) => findEmails(viewPage({ url: 'https://acme.example/', html }), [])
const values = (html: string) => emails(html).map((email) => email.value)

describe('e-mail addresses', () => {
  it('come in small letters, once, from the text before the link', () => {
    expect(emails('<p>Jane.Doe@Acme.example</p><a href="mailto:jane.doe@acme.example?subject=Hi">write</a>')).toEqual([
      { value: 'jane.doe@acme.example', source: 'text', role: false },
    ])
  })

  it('are told apart as desks and people', () => {
    expect(
      emails('info@acme.example j.doe@acme.example customer.service@acme.example').map((email) => email.role),
    ).toEqual([true, false, true])
  })

  it.each([
    'jane [at] acme [dot] example',
    'jane(at)acme.example',
    'jane AT acme DOT example',
    'jane at acme dot example',
    'jane{at}acme{dot}example',
    'jane [ät] acme [punkt] example',
    'ja<!-- x -->ne@<b>acme</b>.example',
    'jane&#64;acme&#46;example',
    'jane&#x40;acme.example',
    'janeNOSPAM@acme.example',
    'jane@REMOVETHIS.acme.example',
    'jane<span style="display:none">spam</span>@acme.example',
    '<span style="unicode-bidi:bidi-override; direction: rtl">elpmaxe.emca@enaj</span>',
    'jane\u200b@acme.example',
    'jane＠acme.example',
    '<a class="__cf_email__" data-cfemail="422823272c02232f2e2c6c272f">[email&#160;protected]</a> jane@acme.example',
    '<script>document.write("ja" + "ne" + "@" + "acme" + ".example")</script>',
    '<script>var u = "jane"; var d = "acme.example"; document.write(u + "@" + d);</script>',
  ])('are read through the disguise %s', (html) => {
    expect(values(html)).toContain('jane@acme.example')
  })

  it("are read through Cloudflare's encoding", () => {
    const key = 0x42
    const hex = [key, ...Buffer.from('jane@acme.example').map((byte) => byte ^ key)]
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join('')
    expect(values(`<a data-cfemail="${hex}" href="/cdn-cgi/l/email-protection#${hex}">[email protected]</a>`)).toEqual([
      'jane@acme.example',
    ])
  })

  it('are turned round where CSS turned them round', () => {
    expect(emailsIn('ed.emca@enaj')).toEqual(['jane@acme.de'])
  })

  it.each([
    'logo@2x.png',
    '<img src="photo@3x.jpg">',
    '<script>var x = "jane@acme.example"</script>',
    '<style>@media a{b:"jane@acme.example"}</style>',
    '<script type="application/json">{"e":"jane@acme.example"}</script>',
    'a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4@sentry.io',
    '605a7baede844d278b89dc95ae0a9123@o1.ingest.sentry.io',
    'you@example.com',
    'yourname@yourcompany.com',
    'name@domain.com',
    'user@host',
    'npm i left-pad@1.2.3',
    'follow us @ acme',
    'Meet us at acme.example',
  ])('are never made up from %s', (html) => {
    expect(values(html)).toEqual([])
  })

  it('end where the domain ends, whatever runs on', () => {
    expect(emailsIn('Email: jane@acme.comPhone: 1')).toEqual(['jane@acme.com'])
    expect(emailsIn('jane@acme.com.')).toEqual(['jane@acme.com'])
  })

  it('are two where two links stand side by side', () => {
    expect(
      values(
        '<a href="mailto:a1@acme.example">a1@acme.example</a><a href="mailto:b2@acme.example">b2@acme.example</a>',
      ),
    ).toEqual(['a1@acme.example', 'b2@acme.example'])
  })

  it('come out of mailto: links with several receivers and stray percent signs', () => {
    expect(mailtoAddresses('mailto:jane%40acme.example,%20joe@acme.example?cc=x@y.example')).toEqual([
      'jane@acme.example',
      'joe@acme.example',
    ])
    expect(mailtoAddresses('MAILTO:joe@acme.example%')).toEqual(['joe@acme.example'])
    expect(mailtoAddresses('https://acme.example')).toEqual([])
  })
})
