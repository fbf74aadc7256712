/**
 * A browser of fetch: follows redirects one by one and keeps each host's cookies.
 * @returns the first address for which
 * `until` holds
 */
export const browse = async (start: string, until: (url: URL) => boolean): Promise<URL> => {
  const cookies = new Map<string, Map<string, string>>()
  let url = new URL(start)
  for (let steps = 0; steps < 20; steps++) {
    if (until(url)) return url
    const jar = cookies.get(url.host) ?? new Map<string, string>()
    cookies.set(url.host, jar)
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
    })
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      const at = pair.indexOf('=')
      if (/expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(pair.slice(0, at))
      else jar.set(pair.slice(0, at), pair.slice(at + 1))
    }
    const location = response.headers.get('location')
    if (!location)
      throw new Error(`${url.pathname} ended with ${response.status}: ${(await response.text()).slice(0, 500)}`)
    url = new URL(location, url)
  }
  throw new Error('too many redirects')
}
