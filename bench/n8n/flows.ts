import type { Sandbox } from '../../hub-server/src/sandbox/index.ts'
import { block, type Flow, type Node } from './flow.ts'
import { verifiers, type Verifier } from './vendors.ts'

/** What both flows end with, for each lead that went in: the lead, and this of what was found. */
export interface Row {
  readonly id: number
  readonly verdict?: string
  readonly title?: string
}

const base = (name: string, type: string, typeVersion: number, parameters: object): Node => ({
  name,
  type: `n8n-nodes-base.${type}`,
  typeVersion,
  parameters,
})

/** The items become what the expressions give. */
const set = (name: string, fields: Readonly<Record<string, string>>): Node =>
  base(name, 'set', 3.5, {
    mode: 'raw',
    jsonOutput: `={{ { ${Object.entries(fields)
      .map(([field, value]) => `${field}: ${value}`)
      .join(', ')} } }}`,
    options: {},
  })

const leads = base('Leads', 'splitOut', 1, { fieldToSplitOut: 'body.leads', options: {} })

const parametersOf = (values: Readonly<Record<string, string>>) => ({
  parameters: Object.entries(values).map(([name, value]) => ({ name, value })),
})

/** As somebody builds it who has read n8n's advice on rate limits: an answer that fails is asked for again. */
const ask = (
  name: string,
  method: string,
  url: string,
  query: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Node => ({
  ...base(name, 'httpRequest', 4.5, {
    method,
    url,
    sendQuery: true,
    queryParameters: parametersOf(query),
    sendHeaders: true,
    headerParameters: parametersOf(headers),
    options: {},
  }),
  onError: 'continueRegularOutput',
  retryOnFail: true,
})

/**
 * n8n's own nodes only: repeated addresses out, 50 at a time through both services, a second's pause after each 50 for
 * the limit of 50 a second, and the answers merged back to every lead by its address.
 */
export const ownNodes = (sandbox: Sandbox, verifier: Verifier): Flow => {
  const { path, query, verdict } = verifiers[verifier]
  const address = "={{ $('Loop Over Items').item.json.email }}"
  return {
    name: `By n8n’s own nodes, ${verifier}`,
    nodes: [
      leads,
      base('Remove Duplicates', 'removeDuplicates', 2, {
        operation: 'removeDuplicateInputItems',
        compare: 'selectedFields',
        fieldsToCompare: 'email',
        options: {},
      }),
      base('Loop Over Items', 'splitInBatches', 3, { batchSize: 50, options: {} }),
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
      base('Wait', 'wait', 1.1, { resume: 'timeInterval', amount: 1, unit: 'seconds' }),
      base('To Every Lead', 'merge', 3.2, {
        mode: 'combine',
        combineBy: 'combineByFields',
        fieldsToMatchString: 'email',
        joinMode: 'enrichInput1',
        options: {},
      }),
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

/** Two blocks of ours, which ask the same services for the same. */
export const ourBlocks = (verifier: Verifier): Flow => ({
  name: `By our blocks, ${verifier}`,
  nodes: [
    leads,
    block('Verify Email', 'verifyEmail', { depth: 'services', providers: [verifier] }),
    block('Enrich Lead', 'enrichLead', { want: ['title'], providers: ['apollo'] }),
  ],
  arrows: [
    ['Start', 'Leads'],
    ['Leads', 'Verify Email'],
    ['Verify Email', 'Enrich Lead'],
  ],
})
