/** The connectors' door: what the gateway, the API and the composition root use. */
export type { Connector, Operation } from './connector.ts'
export type {
  Account,
  CallTerms,
  Outcome,
  ItemAnswer,
  PerformInput,
  Send,
  VendorAnswer,
  VendorRequest,
} from './types.ts'
export type { Callback, DoneJob, HeldJob, JobBook, KnownJob, NewJob } from './jobs.ts'
export type { Limit } from './manifest/operation.ts'
export type { Problem } from './load/problem.ts'
export { connectorJsonSchema, type Manifest } from './manifest.ts'
export { openCatalogue, type Catalogue } from './catalogue.ts'
export { checkConnector } from './check.ts'
export { createConnector } from './create.ts'
export { loadConnectors, type LoadedConnectors } from './load/loadConnectors.ts'
export { holds, tokenWayOf } from './ask/account.ts'
export { notWrittenOf } from './not-written.ts'
export { perform } from './perform.ts'
export { testAccount } from './testAccount.ts'
export { batchSize, canDo, creditsOf, limitFromHeaders, limitsOf, operationsFor, priceOf } from './terms.ts'
export { receive, type Delivery, type ReceivedThing } from './receive.ts'
export { authorizationUrl, exchangeCode } from './token/authorize.ts'
export { performRequest, type Departure } from './protocols/performRequest.ts'
export { redactorFor, type Redactor } from './redaction/redactor.ts'
export { VendorError } from './read/vendor-error.ts'
export { createAgents, performHttp, wasClosedWhileIdle, type Agents } from './protocols/http.ts'
