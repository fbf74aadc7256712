/** Text inside HTML. */
export const escaped = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')

/** Something that a website answers. */
export interface Page {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export const htmlPage = (body: string, status = 200): Page => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body,
})

export const textPage = (body: string, status = 200): Page => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body,
})

export const redirectTo = (location: string, status = 301): Page => ({ status, headers: { location }, body: '' })

export const notFound: Page = htmlPage(
  '<!doctype html><html lang="en"><head><title>Not found</title></head><body><h1>Not found</h1></body></html>',
  404,
)

/** A whole page around its main part. */
export const documentOf = (parts: {
  title: string
  head?: string
  nav: readonly (readonly [path: string, label: string])[]
  main: string
  footer: string
}): string =>
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(parts.title)}</title>${parts.head ?? ''}
</head>
<body>
<nav><ul>${parts.nav.map(([path, label]) => `<li><a href="${path}">${escaped(label)}</a></li>`).join('')}</ul></nav>
<main>
${parts.main}
</main>
<footer>${parts.footer}</footer>
</body>
</html>
`
