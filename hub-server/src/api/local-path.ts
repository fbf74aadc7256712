/**
 * An address of this hub's own, to lead a browser to: whatever else was asked for is the start page.
 * https://cheatsheetseries.owasp.org/cheatsheets/Unvalidated_Redirects_and_Forwards_Cheat_Sheet.html
 */
export const localPath = (wanted: string | undefined): string => {
  if (!wanted?.startsWith('/') || !URL.canParse(wanted, nowhere)) return '/'
  const { origin, pathname, search, hash } = new URL(wanted, nowhere)
  const path = `${pathname}${search}${hash}`
  // As a browser reads it: /\evil and, without its dot, /.//evil are other hosts.
  return origin === nowhere && !/^\/[/\\]/.test(path) ? path : '/'
}

const nowhere = 'https://hub.invalid'
