import { readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { basename, extname, join } from 'node:path'

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}

/** One colour a service; the last one of the list has no picture, as a user's own connector may not. */
const icon = (connector: string): string => {
  const hue = [...connector].reduce((sum, letter) => sum + letter.charCodeAt(0) * 7, 0) % 360
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 28 28"><rect x="2" y="2" width="24" height="24" ' +
    `rx="${hue % 13}" fill="hsl(${hue} 60% 50%)"/><circle cx="14" cy="14" r="6" fill="#fff"/></svg>`
  )
}

/** The files of the built page, and the icons of the services, as the hub serves them. */
export const servePage = async (dist: string, pathname: string, response: ServerResponse): Promise<void> => {
  const connector = /^\/v1\/connectors\/([^/]+)\/icon$/.exec(pathname)?.[1]
  if (connector && connector !== 'maxmind') {
    response.writeHead(200, { 'content-type': 'image/svg+xml' }).end(icon(connector))
  } else if (pathname === '/connect') {
    response
      .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
      .end(await readFile(join(dist, 'index.html')))
  } else if (pathname.startsWith('/connect/assets/')) {
    const file = await readFile(join(dist, 'assets', basename(pathname)))
    response.writeHead(200, { 'content-type': types[extname(pathname)] ?? 'application/octet-stream' }).end(file)
  } else {
    response.writeHead(404).end()
  }
}
