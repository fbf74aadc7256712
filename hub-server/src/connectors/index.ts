/** The connectors' door: what the gateway and the composition root use. */
export type { Connector, Operation } from './connector.ts'
export type { Account, CallTerms, ItemAnswer, PerformInput, Send, StoredToken, TokenStore, VendorAnswer, VendorRequest } from './types.ts'
export { connectorJsonSchema, type Manifest } from './manifest.ts'
// loadConnectors(options: { builtIn: string; own?: readonly string[]; capabilities? }): Promise<{ connectors: ReadonlyMap<string, Connector>; problems: Problem[] }>
export { loadConnectors, type LoadedConnectors } from './load/loadConnectors.ts'
export type { Problem } from './load/problem.ts'
// perform(input: PerformInput): Promise<ItemAnswer[]>, in the order of the items
export { perform } from './perform.ts'
// testAccount({ connector, account, send }): Promise<HubError | null>, null when the key works
export { testAccount } from './testAccount.ts'
// creditsOf(connector, operation, item?): number of credits for one item, the highest; priceOf(connector): micro-USD a credit;
// limitsOf(connector, operation, server): Limit[]; operationsFor(connectors, capability, object?): {connector, operation}[];
// batchSize(connector, operation): number; canDo(connector, operation, item): boolean; limitFromHeaders(connector, answer)
export { batchSize, canDo, creditsOf, limitFromHeaders, limitsOf, operationsFor, priceOf } from './terms.ts'
export type { Limit } from './manifest/operation.ts'
// receive(connector, event, { headers, body, account, url?, method?, query? }): Promise<{ delivery?: string; value: unknown }[]>
export { receive, type Delivery, type ReceivedThing } from './receive.ts'
// authorization(connector, account, {redirectUri, state, codeChallenge?}): address of the vendor's page; exchangeCode(...): StoredToken
export { authorizationUrl, exchangeCode } from './token/authorize.ts'
// performRequest(request: VendorRequest, { signal, agents }): Promise<VendorAnswer>
export { performRequest } from './protocols/performRequest.ts'
export { createAgents, performHttp, type Agents } from './protocols/http.ts'
