import type { Sandbox } from '../../hub-server/src/sandbox/index.ts'
import { block, type Flow } from './flow.ts'
import { base, leads, mergedByAddress, parametersOf, request, set, withoutRepeated } from './nodes.ts'
import { verifiers, type Verifier } from './vendors.ts'

/** What all flows end with, for each lead that went in: the lead, and this of what was found. */
export interface Row {
  readonly id: number
  readonly verdict?: string
  readonly title?: string
  /** What a service said and our block did not believe, such as a job at another company than the lead's. */
  readonly notTaken?: readonly { readonly field: string }[]
}

/** How many leads go through both services before the flow pauses, and for how many seconds. */
export interface Pace {
  readonly leads: number
  readonly seconds: number
}

/** Keeps 50 calls a second. */
export const fiftyASecond: Pace = { leads: 50, seconds: 1 }

const ask = (
  name: string,
  method: string,
  url: string,
  query: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
) =>
  request(name, {
    method,
    url,
    sendQuery: true,
    queryParameters: parametersOf(query),
    sendHeaders: true,
    headerParameters: parametersOf(headers),
  })

/**
 * n8n's own nodes only, one address a call: repeated addresses out, so many at a time through both services, then a
 * pause for their limits, and the answers merged back to every lead by its address.
 */
export const ownNodes = (sandbox: Sandbox, verifier: Verifier, pace: Pace): Flow => {
  const { path, query, verdict } = verifiers[verifier]
  const address = "={{ $('Loop Over Items').item.json.email }}"
  return {
    name: `By n8n’s own nodes, ${verifier}`,
    nodes: [
      leads,
      withoutRepeated,
      base('Loop Over Items', 'splitInBatches', 3, { batchSize: pace.leads, options: {} }),
      ask('Verify', 'GET', sandbox.vendorBase(verifier, 'default') + path, { ...query, email: address }),
      ask(
        'Enrich',
        'POST',
        `${sandbox.vendorBase('apollo', 'default')}/people/match`,
        { email: address },
        { 'x-api-key': 'bench' },
      ),
      set('Known', {
        email: "$('Loop Over Items').item.json.email",
        verdict: `$('Verify').item.json.${verdict}`,
        title: '$json.person.title',
      }),
      base('Wait', 'wait', 1.1, { resume: 'timeInterval', amount: pace.seconds, unit: 'seconds' }),
      mergedByAddress('To Every Lead'),
    ],
    arrows: [
      ['Start', 'Leads'],
      ['Leads', 'Remove Duplicates'],
      ['Leads', 'To Every Lead'],
      ['Remove Duplicates', 'Loop Over Items'],
      ['Loop Over Items:1', 'Verify'],
      ['Verify', 'Enrich'],
      ['Enrich', 'Known'],
      ['Known', 'Wait'],
      ['Wait', 'Loop Over Items'],
      ['Loop Over Items:0', 'To Every Lead:1'],
    ],
  }
}

/** Two blocks of ours, which ask the same services for the same. @param more parameters of both blocks */
export const ourBlocks = (verifier: Verifier, more: object = {}): Flow => ({
  name: `By our blocks, ${verifier}`,
  nodes: [
    leads,
    block('Verify Email', 'verifyEmail', { depth: 'services', providers: [verifier], ...more }),
    block('Enrich Lead', 'enrichLead', { want: ['title'], providers: ['apollo'], ...more }),
  ],
  arrows: [
    ['Start', 'Leads'],
    ['Leads', 'Verify Email'],
    ['Verify Email', 'Enrich Lead'],
  ],
})
