import { createServer } from 'node:http'

/** A free vendor that answers at once and the same to everybody: what is measured is who asks. */
const answer = JSON.stringify({ status: 'deliverable' })
const server = createServer((request, response) => {
  request.resume()
  response.setHeader('content-type', 'application/json')
  response.end(answer)
})
// Longer than a round: nobody's kept connection is closed while the other has its turn.
server.keepAliveTimeout = 600_000
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address && typeof address === 'object')
    process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${address.port}` })}\n`)
})
process.once('SIGTERM', () => process.exit(0))
