import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll } from 'vitest'

/** A server on loopback for all tests of a `describe`; its address is known once it listens. */
export const serveForAll = (listener: RequestListener): { readonly url: string } => {
  const server = createServer(listener)
  beforeAll(() => new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening)))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    get url() {
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    },
  }
}
