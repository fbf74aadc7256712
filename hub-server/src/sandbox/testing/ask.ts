import http from 'node:http'

export interface Reply {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly text: string
}

/** One request to a given address under any Host header, which fetch does not allow. */
export const ask = (
  url: string,
  options: { method?: string; host?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const { method = 'GET', host, headers = {}, body } = options
    const request = http.request(
      url,
      { method, headers: { ...headers, ...(host !== undefined && { host }) }, agent: false },
      (response) => {
        let text = ''
        response
          .setEncoding('utf8')
          .on('data', (chunk: string) => (text += chunk))
          .on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
          .on('error', reject)
      },
    )
    request.on('error', reject)
    request.end(body)
  })
