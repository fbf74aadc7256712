import { askJson } from '../json-request.ts'

/** n8n's public API (`/api/v1`), with the launcher's key. Paths begin behind `/api/v1`. */
export type N8nApi = {
  address: string
  get<T>(what: string, path: string): Promise<T>
  send<T>(what: string, method: 'POST' | 'PUT' | 'PATCH', path: string, body?: unknown): Promise<T>
}

type Page<T> = { data: T[]; nextCursor: string | null }

export function n8nApi(address: string, apiKey: string): N8nApi {
  const headers = { 'X-N8N-API-KEY': apiKey }
  return {
    address,
    async get<T>(what: string, path: string) {
      return (await askJson<T>(what, `${address}/api/v1${path}`, { headers })).body
    },
    async send<T>(what: string, method: string, path: string, body: unknown = {}) {
      return (await askJson<T>(what, `${address}/api/v1${path}`, { method, headers, body })).body
    },
  }
}

/** Every entry of a list, page by page. */
export async function listAll<T>(api: N8nApi, what: string, path: string): Promise<T[]> {
  const found: T[] = []
  let cursor = ''
  for (;;) {
    const page: Page<T> = await api.get(what, `${path}?limit=250${cursor}`)
    found.push(...page.data)
    if (page.nextCursor === null) return found
    cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`
  }
}
