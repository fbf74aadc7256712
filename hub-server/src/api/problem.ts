import type { Response } from 'express'
import { errorKinds, type HubError, type Problem } from '../contracts/errors.ts'

export const problemOf = (error: HubError, status: number = errorKinds[error.kind].status): Problem => ({
  type: `about:blank#${error.kind}`,
  title: errorKinds[error.kind].title,
  status,
  detail: error.message,
  kind: error.kind,
  advice: error.advice,
  ...(error.fields && { errors: error.fields }),
})

/** RFC 9457. */
export const sendProblem = (response: Response, error: HubError, status?: number): void => {
  const problem = problemOf(error, status)
  if (error.retryAfter !== undefined) response.setHeader('Retry-After', String(Math.ceil(error.retryAfter)))
  response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem))
}
