import type { Sandbox } from '../../hub-server/src/sandbox/index.ts'
import type { Flow, Node } from './flow.ts'
import { base, leads, mergedByAddress, parametersOf, request, set, splitOut, withoutRepeated } from './nodes.ts'

/** So many calls at once, then a pause: the HTTP Request node's own option “Batching”. */
export interface Burst {
  readonly calls: number
  readonly pauseMs: number
}

/** How both services are paced. */
export interface BatchPace {
  readonly zerobounce: Burst
  readonly apollo: Burst
}

/** Keeps 50 calls a second, with a little time to spare: the last call of a burst leaves after the first. */
export const burstsOfFifty: BatchPace = {
  zerobounce: { calls: 50, pauseMs: 1100 },
  apollo: { calls: 50, pauseMs: 1100 },
}

/** Items of so many addresses each. */
const grouped = (name: string, size: number): Node =>
  set(name, { groups: `$json.email.chunk(${size}).map(addresses => ({ addresses }))` })

interface Post {
  readonly url: string
  /** Of one item, which has `addresses`: the call's body, as an expression. */
  readonly body: string
  readonly burst: Burst
  readonly headers?: Readonly<Record<string, string>>
}

const post = (name: string, { url, body, burst, headers = {} }: Post): Node =>
  request(name, {
    method: 'POST',
    url,
    sendHeaders: true,
    headerParameters: parametersOf(headers),
    sendBody: true,
    contentType: 'json',
    specifyBody: 'json',
    jsonBody: `={{ ${body} }}`,
    options: { batching: { batch: { batchSize: burst.calls, batchInterval: burst.pauseMs } } },
  })

/**
 * n8n's own nodes as somebody uses them who knows the vendors' batch endpoints: repeated addresses out, the others put
 * together by the hundred for ZeroBounce and by ten for Apollo, a call for each group, the answers taken apart and
 * merged back to every lead by its address.
 */
export const ownNodesInBatches = (sandbox: Sandbox, pace: BatchPace): Flow => ({
  name: 'By n8n’s own nodes, in batches',
  nodes: [
    leads,
    withoutRepeated,
    base('Addresses', 'aggregate', 1, { fieldsToAggregate: { fieldToAggregate: [{ fieldToAggregate: 'email' }] } }),
    grouped('By The Hundred', 100),
    splitOut('Hundreds', 'groups'),
    post('Verify', {
      url: `${sandbox.vendorBase('zerobounce', 'bulk')}/v2/validatebatch`,
      body: "{ api_key: 'bench', email_batch: $json.addresses.map(email_address => ({ email_address })) }",
      burst: pace.zerobounce,
    }),
    splitOut('Answers', 'email_batch'),
    set('Verdicts', { email: '$json.address', verdict: '$json.status' }),
    mergedByAddress('With Verdicts'),
    grouped('By Ten', 10),
    splitOut('Tens', 'groups'),
    post('Enrich', {
      url: `${sandbox.vendorBase('apollo', 'default')}/people/bulk_match`,
      body: '{ details: $json.addresses.map(email => ({ email })) }',
      burst: pace.apollo,
      headers: { 'x-api-key': 'bench' },
    }),
    // Apollo answers in the order asked, and with nobody where it knows nobody.
    set('Of Each', {
      found: "$json.matches.map((match, at) => ({ email: $('Tens').item.json.addresses[at], title: match?.title }))",
    }),
    splitOut('Titles', 'found'),
    mergedByAddress('To Every Lead'),
  ],
  arrows: [
    ['Start', 'Leads'],
    ['Leads', 'Remove Duplicates'],
    ['Leads', 'With Verdicts'],
    ['Remove Duplicates', 'Addresses'],
    ['Addresses', 'By The Hundred'],
    ['By The Hundred', 'Hundreds'],
    ['Hundreds', 'Verify'],
    ['Verify', 'Answers'],
    ['Answers', 'Verdicts'],
    ['Verdicts', 'With Verdicts:1'],
    ['Addresses', 'By Ten'],
    ['By Ten', 'Tens'],
    ['Tens', 'Enrich'],
    ['Enrich', 'Of Each'],
    ['Of Each', 'Titles'],
    ['With Verdicts', 'To Every Lead'],
    ['Titles', 'To Every Lead:1'],
  ],
})
