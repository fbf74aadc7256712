import { createHash } from 'node:crypto'
import { escapeHtml } from '../../contracts/escape-html.ts'
import { permissions, type Permission } from '../rights/permissions.ts'

export interface ConsentView {
  readonly uid: string
  readonly client: string
  readonly redirectUri: string
  readonly person: string
  readonly csrf: string
  readonly wanted: readonly Permission[]
  readonly workspaces: readonly {
    readonly id: string
    readonly name: string
    readonly role: string
    /** What is asked for and the person may not give there. */
    readonly missing: readonly Permission[]
  }[]
}

const style = `
body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:8vh auto;padding:0 1rem;color:#1d2433}
h1{font-size:1.4rem}fieldset{border:1px solid #c9d0dd;border-radius:8px;margin:1rem 0}
label{display:block;margin:.3rem 0}small{color:#5a6478}button{font:inherit;padding:.5rem 1.2rem;margin-right:.6rem}
`
const styleHash = createHash('sha256').update(style).digest('base64')

/**
 * No script, in nobody's frame, no address elsewhere but the one that the answer goes to: browsers hold the redirect
 * after a form against form-action, too (https://www.w3.org/TR/CSP3/#directive-form-action).
 */
export const pageHeaders = (redirectUri?: string): Record<string, string> => ({
  'Content-Security-Policy':
    `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; frame-ancestors 'none'; ` +
    `form-action 'self'${redirectUri === undefined ? '' : ` ${new URL(redirectUri).origin}`}`,
  'X-Frame-Options': 'DENY',
  'Cache-Control': 'no-store',
  // With no-referrer a browser says “Origin: null” of this page's own form, which looks like another site's.
  'Referrer-Policy': 'same-origin',
})

export const consentPage = (view: ConsentView): string =>
  pageOf(
    'Let a program in?',
    `<h1>Let “${escapeHtml(view.client)}” into your hub?</h1>
<p>You are signed in as ${escapeHtml(view.person)}. The program gave itself this name, and nobody has checked it.
The answer goes to <strong>${escapeHtml(new URL(view.redirectUri).host)}</strong>: allow it only if you know why.</p>
<p>It wants to:</p>
<ul>${view.wanted.map((one) => `<li>${escapeHtml(permissions[one].about)}</li>`).join('')}</ul>
<form method="post" action="/oauth/interaction/${escapeHtml(view.uid)}">
<input type="hidden" name="csrf" value="${escapeHtml(view.csrf)}">
<fieldset><legend>In which workspace</legend>${view.workspaces.map(workspaceChoice).join('')}</fieldset>
<fieldset><legend>In which mode</legend>
<label><input type="radio" name="mode" value="test" checked> test: the sandbox, which costs nothing</label>
<label><input type="radio" name="mode" value="live"> live: real people, real money</label>
</fieldset>
<p><button name="decision" value="allow">Allow</button><button name="decision" value="refuse">Refuse</button></p>
</form>`,
  )

export const failedPage = (what: string): string =>
  pageOf('Not let in', `<h1>Not let in</h1><p>${escapeHtml(what)}</p>`)

const workspaceChoice = ({ id, name, role, missing }: ConsentView['workspaces'][number], index: number): string => {
  const without = missing.map((one) => permissions[one].about.toLowerCase()).join('; ')
  const note =
    missing.length === 0 ? '' : `<br><small>Not this, which you may not do there: ${escapeHtml(without)}</small>`
  const chosen = index === 0 ? ' checked' : ''
  return `<label><input type="radio" name="workspace" value="${escapeHtml(id)}"${chosen}>
${escapeHtml(name)} <small>(you are its ${escapeHtml(role)})</small>${note}</label>`
}

const pageOf = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`
