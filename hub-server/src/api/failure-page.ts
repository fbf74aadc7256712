import type { HubError } from '../contracts/errors.ts'
import { escapeHtml } from '../contracts/escape-html.ts'

interface Words {
  readonly title: string
  readonly heading: string
  /** Where the person goes on, and what stands on it. */
  readonly back: { readonly path: string; readonly text: string }
}

/** For who has a browser before them: what did not work, and what to do. */
export const failurePage = ({ title, heading, back }: Words, { message, advice }: HubError): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>
body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem;color:#1d2433}
a{color:#2d5bd7}
</style>
</head>
<body>
<h1>${escapeHtml(heading)}</h1>
<p>${escapeHtml(message)}</p>
<p>${escapeHtml(advice)}</p>
<p><a href="${escapeHtml(back.path)}">${escapeHtml(back.text)}</a></p>
</body>
</html>
`
