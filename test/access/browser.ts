/** Where a browser of fetch has come to. */
export interface Page {
  readonly url: URL
  readonly status: number
  readonly text: string
  /** All addresses on the way, the last included. */
  readonly way: readonly URL[]
}

export type Browser = ReturnType<typeof openBrowser>

/** A browser of fetch, with each host's cookies. */
export const openBrowser = () => {
  const jars = new Map<string, Map<string, string>>()
  const jarOf = ({ host }: URL): Map<string, string> => {
    const jar = jars.get(host) ?? new Map<string, string>()
    jars.set(host, jar)
    return jar
  }

  const ask = async (url: URL, options: RequestInit = {}): Promise<Response> => {
    const jar = jarOf(url)
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { ...(cookie && { cookie }), ...Object.fromEntries(new Headers(options.headers)) }
    const response = await fetch(url, { ...options, redirect: 'manual', headers })
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      const at = pair.indexOf('=')
      if (/expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(pair.slice(0, at))
      else jar.set(pair.slice(0, at), decodeURIComponent(pair.slice(at + 1)))
    }
    return response
  }

  return {
    cookies: (url: string): Map<string, string> => jarOf(new URL(url)),
    ask: (url: string, options?: RequestInit): Promise<Response> => ask(new URL(url), options),
    /**
     * Follows redirects, and is sent on by nothing else.
     * @param until is not asked for any more
     */
    open: async (start: string, until: (url: URL) => boolean = () => false): Promise<Page> => {
      const way = [new URL(start)]
      for (let url = new URL(start); way.length < 20;) {
        if (until(url)) return { url, status: 303, text: '', way }
        const response = await ask(url)
        const location = response.headers.get('location')
        if (!location) return { url, status: response.status, text: await response.text(), way }
        url = new URL(location, url)
        way.push(url)
      }
      throw new Error('too many redirects')
    },
  }
}
