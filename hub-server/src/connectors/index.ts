/** The connectors' door: what the gateway, the API and the composition root use. */
export type { Connector, Operation } from './compiled/connector.ts'
export type {
  Account,
  CallTerms,
  Outcome,
  ItemAnswer,
  PerformInput,
  Send,
  VendorAnswer,
  VendorRequest,
} from './port/types.ts'
export type { Callback, DoneJob, HeldJob, JobBook, KnownJob, NewJob } from './port/jobs.ts'
export type { Limit } from './manifest/operation.ts'
export type { Problem } from './load/problem.ts'
export { connectorJsonSchema, type Manifest } from './manifest/manifest.ts'
export { openCatalogue, type Catalogue } from './catalogue.ts'
export { checkConnector } from './check.ts'
export { createConnector } from './create.ts'
export { iconOf } from './load/icon.ts'
export { loadConnectors, type LoadedConnectors } from './load/loadConnectors.ts'
export { holds, tokenWayOf } from './auth/account.ts'
export { notWrittenOf } from './ask/not-written.ts'
export { perform } from './ask/perform.ts'
export { testAccount } from './auth/testAccount.ts'
export {
  batchSize,
  canDo,
  creditsOf,
  limitFromHeaders,
  limitsOf,
  operationsFor,
  priceOf,
  type Target,
} from './terms.ts'
export { groundOf, type AnswerGround } from './whose-answer.ts'
export { receive, type Delivery, type ReceivedThing } from './receive.ts'
export { authorizationUrl, exchangeCode } from './auth/authorize.ts'
export { performRequest, type Departure } from './protocols/performRequest.ts'
export { redactorFor, type Redactor } from './redaction/redactor.ts'
export { VendorError } from './read/vendor-error.ts'
export { performHttp, wasClosedWhileIdle } from './protocols/http.ts'
