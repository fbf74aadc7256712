import type { Request, Response } from 'express'
import type { Client, Interaction, InteractionResults, Provider } from 'oidc-provider'
import { HubError } from '../../contracts/errors.ts'
import type { Mode } from '../../contracts/scope.ts'
import { addressOf } from '../address.ts'
import type { Audit } from '../audit/audit.ts'
import type { Gate, Person } from '../gate.ts'
import { permissionsOf, type Membership, type People } from '../people.ts'
import { permissionsIn, type Permission } from '../rights/permissions.ts'
import { csrfTokenOf, isCsrfToken } from '../sessions.ts'
import { consentPage, failedPage, pageHeaders } from './consent-page.ts'
import type { OauthGrants } from './grants.ts'

export interface ConsentParts {
  readonly gate: Gate
  readonly people: People
  readonly grants: OauthGrants
  readonly audit: Audit
}

/** A program's question, and the person before the screen. */
interface Asked {
  readonly provider: Provider
  readonly interaction: Interaction
  readonly client: Client
  readonly redirectUri: string
  readonly scopes: readonly string[]
  readonly person: Person
  readonly secret: string
}

interface Decision {
  readonly membership: Membership
  readonly mode: Mode
  readonly scopes: readonly string[]
  readonly permissions: readonly Permission[]
}

/** Where a person lets a program in, or does not. */
export const createConsentDesk = ({ gate, people, grants, audit }: ConsentParts) => {
  const askedOf = async (provider: Provider, request: Request, response: Response): Promise<Asked | undefined> => {
    const found = await gate.session({ method: 'GET', headers: request.headers, address: addressOf(request) })
    if (!found) {
      response.redirect(303, `/sign-in?next=${encodeURIComponent(`/oauth${request.path}`)}`)
      return undefined
    }
    const interaction = await provider.interactionDetails(request, response).catch(() => undefined)
    const { client_id: id, redirect_uri: uri, scope } = interaction?.params ?? {}
    const client = await provider.Client.find(String(id))
    if (!interaction || interaction.uid !== request.path.split('/')[2] || !client || typeof uri !== 'string') {
      response.status(400).set(pageHeaders()).type('html')
      response.send(failedPage('This question is over. Go back to the program and begin again.'))
      return undefined
    }
    const scopes = typeof scope === 'string' ? scope.split(' ') : []
    return { provider, interaction, client, redirectUri: uri, scopes, ...found }
  }

  const show = async ({ interaction, client, redirectUri, scopes, person, secret }: Asked, response: Response) => {
    const wanted = permissionsIn(scopes)
    const workspaces = (await people.memberships(person.login.id)).map(({ workspace, role }) => ({
      ...workspace,
      role: role.id,
      missing: wanted.filter((one) => !permissionsOf(role).has(one)),
    }))
    const view = { uid: interaction.uid, redirectUri, wanted, workspaces }
    const page = consentPage({
      ...view,
      client: nameOf(client),
      person: person.login.name,
      csrf: csrfTokenOf(secret),
    })
    response.set(pageHeaders(redirectUri)).type('html').send(page)
  }

  const allow = async (asked: Asked, decision: Decision, request: Request): Promise<string> => {
    const { provider, client, person, scopes } = asked
    const login = person.login.id
    const grant = new provider.Grant({ accountId: login, clientId: client.clientId })
    if (decision.scopes.length > 0) grant.addOIDCScope(decision.scopes.join(' '))
    const rest = scopes.filter((scope) => !decision.scopes.includes(scope))
    if (rest.length > 0) grant.rejectOIDCScope(rest.join(' '))
    const grantId = await grant.save()
    const { membership, mode, permissions } = decision
    const workspace = membership.workspace.id
    const since = new Date().toISOString()
    const about = { login, clientId: client.clientId, client: nameOf(client), workspace, mode, permissions, since }
    const id = await grants.keep(grantId, about)
    await audit.add({
      workspace,
      mode,
      actor: { kind: 'person', id: login, name: person.login.name },
      address: addressOf(request),
      action: 'POST /oauth/interaction/{uid}',
      subject: id,
      outcome: 'done',
      details: { client: client.clientId, permissions },
    })
    return grantId
  }

  const decide = async (asked: Asked, form: Form, request: Request): Promise<InteractionResults> => {
    if (!isCsrfToken(form.csrf, asked.secret))
      throw new HubError('forbidden', 'This was not sent by the page that asked.', {
        advice: 'Go back to the program and begin again.',
      })
    if (form.decision !== 'allow') return refusal('the person refused')
    const membership = (await people.memberships(asked.person.login.id)).find(
      ({ workspace }) => workspace.id === form.workspace,
    )
    const { mode } = form
    if (!membership || (mode !== 'test' && mode !== 'live'))
      throw new HubError('invalid_input', 'It is not said which workspace and mode are meant.', {
        advice: 'Go back and choose one of each.',
      })
    const given = permissionsOf(membership.role)
    const scopes = asked.scopes.filter((scope) => permissionsIn([scope]).some((one) => given.has(one)))
    if (scopes.length === 0) return refusal('the person may do none of this there')
    const permissions = permissionsIn(scopes).filter((one) => given.has(one))
    const grantId = await allow(asked, { membership, mode, scopes, permissions }, request)
    return { login: { accountId: asked.person.login.id, remember: false }, consent: { grantId } }
  }

  return {
    show: async (provider: Provider, request: Request, response: Response): Promise<void> => {
      const asked = await askedOf(provider, request, response)
      if (asked) await show(asked, response)
    },
    decide: async (provider: Provider, request: Request, response: Response): Promise<void> => {
      const asked = await askedOf(provider, request, response)
      if (!asked) return
      response.set(pageHeaders(asked.redirectUri))
      const result = await decide(asked, formOf(request.body), request)
      await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
    },
  }
}

interface Form {
  readonly csrf: string
  readonly decision: string
  readonly workspace: string
  readonly mode: string
}

const formOf = (body: unknown): Form => {
  const fields: Readonly<Record<string, unknown>> = typeof body === 'object' && body !== null ? { ...body } : {}
  const text = (name: string): string => (typeof fields[name] === 'string' ? fields[name] : '')
  return { csrf: text('csrf'), decision: text('decision'), workspace: text('workspace'), mode: text('mode') }
}

/** RFC 6749, section 4.1.2.1. */
const refusal = (why: string) => ({ error: 'access_denied', error_description: why })

/** A program names itself: without signs that would turn the text around, and short. */
const nameOf = ({ clientName, clientId }: Client): string =>
  (clientName ?? '')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .trim()
    .slice(0, 100) || clientId
