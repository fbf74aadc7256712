/**
 * Who may do what, as the people of this project want it: written by hand, apart from the routes' own permissions.
 * o owner, a admin, p operator, e editor, n analyst, k a key from keys.json. Open to everybody: *.
 */
const table = `
*       GET    /health
oapenk  GET    /v1/me
*       GET    /v1/sign-in
*       POST   /v1/session
oapen   GET    /v1/session
oapen   DELETE /v1/session
*       POST   /v1/session/link
*       POST   /v1/session/reset
*       POST   /v1/session/forgot
oapen   PUT    /v1/session/password
oapen   PUT    /v1/session/person
oapen   GET    /v1/sessions
oapen   DELETE /v1/sessions/{id}
oapenk  POST   /v1/token
oapenk  GET    /v1/permissions
oapen   GET    /v1/grants
oapen   DELETE /v1/grants/{id}
oa      GET    /v1/people
oa      POST   /v1/people
oa      PUT    /v1/people/{id}
oa      DELETE /v1/people/{id}
oa      POST   /v1/people/{id}/link
oa      POST   /v1/people/{id}/sign-out
oa      GET    /v1/roles
oa      PUT    /v1/roles/{id}
oa      DELETE /v1/roles/{id}
o       PUT    /v1/workspace
o       POST   /v1/workspaces
oa      GET    /v1/keys
oa      POST   /v1/keys
oa      POST   /v1/keys/{id}/rotate
oa      POST   /v1/keys/{id}/revoke
oa      GET    /v1/audit
oa      GET    /v1/audit/check
oa      GET    /v1/audit.csv
oa      GET    /v1/audit.jsonl
oak     GET    /metrics
oapenk  GET    /v1/blocks
oapk    POST   /v1/blocks/*
oapenk  GET    /v1/capabilities
oapk    POST   /v1/capabilities/*
oapenk  GET    /v1/runs
oapk    POST   /v1/runs
oapenk  POST   /v1/runs/estimate
oapenk  GET    /v1/runs/{id}
oapenk  GET    /v1/runs/{id}/results
oapenk  GET    /v1/runs/{id}/summary
oapenk  GET    /v1/runs/{id}/results.csv
oapenk  GET    /v1/runs/{id}/results.jsonl
oapk    POST   /v1/runs/{id}/cancel
oapk    POST   /v1/runs/{id}/pause
oapk    POST   /v1/runs/{id}/retry
oapk    POST   /v1/runs/{id}/resume
oapk    POST   /v1/runs/{id}/decide
oapk    POST   /v1/stop
oapk    POST   /v1/start
oapenk  GET    /v1/budget
oak     PUT    /v1/budget
oapenk  GET    /v1/lists
oaek    POST   /v1/lists
oapenk  GET    /v1/lists/{id}
oaek    DELETE /v1/lists/{id}
oapenk  GET    /v1/pipelines
oaek    POST   /v1/pipelines
oapenk  GET    /v1/pipelines/{id}
oaek    PUT    /v1/pipelines/{id}
oaek    DELETE /v1/pipelines/{id}
oapenk  GET    /v1/report
oapenk  GET    /v1/events
oapenk  GET    /v1/suppression
oapek   POST   /v1/suppression
oapek   POST   /v1/suppression/remove
oapek   POST   /v1/suppression/check
oapenk  GET    /v1/leads
oaek    POST   /v1/leads
oapenk  GET    /v1/leads/{id}
oaek    DELETE /v1/leads/{id}
oapenk  GET    /v1/leads/{id}/facts
oaek    POST   /v1/leads/{id}/merge
oaek    DELETE /v1/leads/{id}/merge
oapenk  GET    /v1/settings/view-rules
oaek    PUT    /v1/settings/view-rules
oapenk  GET    /v1/connectors
*       GET    /v1/connectors/{id}/icon
oapenk  GET    /v1/connections
oak     POST   /v1/connections
oapenk  GET    /v1/connections/{id}
oak     PUT    /v1/connections/{id}
oak     DELETE /v1/connections/{id}
oak     POST   /v1/connections/{id}/test
oapenk  GET    /v1/apps
oak     DELETE /v1/apps/{connector}
oak     POST   /v1/connections/{id}/authorize
oapenk  GET    /v1/sandbox/companies
`

export const roles = { owner: 'o', admin: 'a', operator: 'p', editor: 'e', analyst: 'n', key: 'k' } as const
export type Who = keyof typeof roles

const lines = table
  .trim()
  .split('\n')
  .map((line) => {
    const [letters = '', method = '', path = ''] = line.split(/ +/)
    return { letters, method, path }
  })

/** Who may; undefined for a route that nobody has thought about. */
export const whoMay = (method: string, path: string): 'everybody' | readonly Who[] | undefined => {
  const line = lines.find(
    (one) => one.method === method && (one.path === path || one.path === path.replace(/\/[\w{}-]+$/, '/*')),
  )
  if (!line) return undefined
  if (line.letters === '*') return 'everybody'
  return (Object.keys(roles) as Who[]).filter((who) => line.letters.includes(roles[who]))
}

/** Lines of which there is no route any more. */
export const unused = (places: readonly { method: string; path: string }[]): string[] =>
  lines
    .filter(
      ({ method, path }) =>
        !places.some(
          (place) => place.method === method && [place.path, place.path.replace(/\/[\w{}-]+$/, '/*')].includes(path),
        ),
    )
    .map(({ method, path }) => `${method} ${path}`)
