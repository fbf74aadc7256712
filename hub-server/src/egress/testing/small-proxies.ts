import { createServer as createHttpServer } from 'node:http'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** A proxy on loopback, of as few lines as will do. */
export interface SmallProxy {
  readonly port: number
  /** What it was asked to connect to, in order, as host:port. */
  readonly asked: string[]
  /** Of the requests for a connection, as they came. */
  readonly logins: (string | undefined)[]
  /** From here on it answers each CONNECT so; undefined: it connects. */
  refuseWith: number | undefined
  readonly close: () => Promise<void>
}

const listening = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const joined = (one: Socket, other: Socket): void => {
  one.pipe(other).pipe(one)
  for (const socket of [one, other]) socket.on('error', () => [one, other].forEach((each) => each.destroy()))
}

const closing = (server: Server, sockets: ReadonlySet<Socket>) => (): Promise<void> => {
  for (const socket of sockets) socket.destroy()
  return new Promise((resolve) => server.close(() => resolve()))
}

const watched = (server: Server): ReadonlySet<Socket> => {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return sockets
}

/** CONNECT (RFC 9110, 9.3.6). */
export const startHttpProxy = async (login?: string): Promise<SmallProxy> => {
  const server = createHttpServer((_request, response) => void response.writeHead(405).end())
  const sockets = watched(server)
  const state: Pick<SmallProxy, 'asked' | 'logins'> & { refuseWith: number | undefined } = {
    asked: [],
    logins: [],
    refuseWith: undefined,
  }
  const wanted = login && `Basic ${Buffer.from(login).toString('base64')}`
  server.on('connect', (request, socket: Socket) => {
    const given = request.headers['proxy-authorization']
    state.asked.push(request.url ?? '')
    state.logins.push(given)
    const status = wanted !== undefined && given !== wanted ? 407 : state.refuseWith
    if (status) return void socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`)
    const { hostname, port } = new URL(`tcp://${request.url}`)
    const onward = connect(Number(port), hostname.replace(/^\[|\]$/g, ''), () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      joined(socket, onward)
    })
    onward.once('error', () => socket.end('HTTP/1.1 502 No\r\ncontent-length: 0\r\n\r\n'))
  })
  const port = await listening(server)
  return Object.assign(state, { port, close: closing(server, sockets) })
}

/** SOCKS5 (RFC 1928) for IPv4 addresses, with a user and password (RFC 1929) where `login` says so. */
export const startSocksProxy = async (login?: string): Promise<SmallProxy> => {
  const server = createServer()
  const sockets = watched(server)
  const state: Pick<SmallProxy, 'asked' | 'logins'> & { refuseWith: number | undefined } = {
    asked: [],
    logins: [],
    refuseWith: undefined,
  }
  const greeted = (socket: Socket): void => {
    socket.once('data', (request: Buffer) => {
      // 5, connect, 0, IPv4 (1), four bytes, two of the port; a name (3) is what nobody must send.
      const host = request[3] === 1 ? [...request.subarray(4, 8)].join('.') : 'a name'
      const port = request.readUInt16BE(request.length - 2)
      state.asked.push(`${host}:${port}`)
      if (state.refuseWith) return void socket.end(Buffer.from([5, state.refuseWith, 0, 1, 0, 0, 0, 0, 0, 0]))
      const onward = connect(port, host, () => {
        socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]))
        joined(socket, onward)
      })
      onward.once('error', () => socket.end(Buffer.from([5, 5, 0, 1, 0, 0, 0, 0, 0, 0])))
    })
  }
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => socket.destroy())
    socket.once('data', () => {
      if (login === undefined) {
        socket.write(Buffer.from([5, 0]))
        return greeted(socket)
      }
      socket.write(Buffer.from([5, 2]))
      socket.once('data', (given: Buffer) => {
        const user = given.subarray(2, 2 + (given[1] ?? 0))
        const said = `${user.toString()}:${given.subarray(3 + user.length).toString()}`
        state.logins.push(said)
        if (said !== login) return void socket.end(Buffer.from([1, 1]))
        socket.write(Buffer.from([1, 0]))
        greeted(socket)
      })
    })
  })
  const port = await listening(server)
  return Object.assign(state, { port, close: closing(server, sockets) })
}
