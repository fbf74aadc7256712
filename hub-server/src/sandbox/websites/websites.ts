import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Population } from '../population/population.ts'
import { companyPage } from './company-site.ts'
import { createFolderSites } from './folder.ts'
import { notFound, redirectTo, type Page } from './html.ts'
import { insideAddresses, trapOf } from './traps.ts'

const decodedPath = (url: URL): string => {
  try {
    return decodeURIComponent(url.pathname)
  } catch (thrown) {
    if (thrown instanceof URIError) return url.pathname
    throw thrown
  }
}

/** Every website, told apart by the Host header. A folder's website goes before one of the population. */
export const createWebsites = (population: Population, folder: string | undefined) => {
  const sites = createFolderSites(folder)

  const send = (response: ServerResponse, page: Page, withBody: boolean): void => {
    response.writeHead(page.status, { ...page.headers, 'content-length': Buffer.byteLength(page.body) })
    response.end(withBody ? page.body : undefined)
  }

  return {
    /**
     * The address that a look-up gives, where `own` is where the websites are played; null for a name that nobody has.
     */
    addressOf(name: string, own: string): string | null {
      const host = name.trim().toLowerCase().replace(/\.$/, '')
      if (sites.has(host)) return own
      const inside = insideAddresses[host]
      if (inside !== undefined) return inside
      return trapOf(host) !== undefined || population.findCompany({ domain: host }) !== null ? own : null
    },

    async handle(host: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
      const url = new URL(request.url ?? '/', `http://${host}`)
      const path = decodedPath(url)
      const withBody = request.method !== 'HEAD'
      if (sites.has(host)) {
        const file = await sites.read(host, path)
        if (!file) return send(response, notFound, withBody)
        response.writeHead(200, { 'content-type': file.type, 'content-length': file.bytes.length })
        response.end(withBody ? file.bytes : undefined)
        return
      }
      const trap = trapOf(host)
      if (trap) {
        const page = trap(path, url, request, response)
        if (page !== 'handled') send(response, page, withBody)
        return
      }
      const company = population.findCompany({ domain: host })
      if (!company) return send(response, notFound, withBody)
      send(
        response,
        host === company.domain ? companyPage(population, company, path) : redirectTo(company.website + url.pathname),
        withBody,
      )
    },
  }
}
export type Websites = ReturnType<typeof createWebsites>
