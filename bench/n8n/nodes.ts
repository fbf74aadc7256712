import type { Node } from './flow.ts'

/** One of n8n's own nodes. */
export const base = (name: string, type: string, typeVersion: number, parameters: object): Node => ({
  name,
  type: `n8n-nodes-base.${type}`,
  typeVersion,
  parameters,
})

/** The items become what the expressions give. */
export const set = (name: string, fields: Readonly<Record<string, string>>): Node =>
  base(name, 'set', 3.5, {
    mode: 'raw',
    jsonOutput: `={{ { ${Object.entries(fields)
      .map(([field, value]) => `${field}: ${value}`)
      .join(', ')} } }}`,
    options: {},
  })

/** An item for each entry of a list. */
export const splitOut = (name: string, field: string): Node =>
  base(name, 'splitOut', 1, { fieldToSplitOut: field, options: {} })

/** The leads, each with its address: what the webhook was sent. */
export const leads = splitOut('Leads', 'body.leads')

/** Each address once. */
export const withoutRepeated = base('Remove Duplicates', 'removeDuplicates', 2, {
  operation: 'removeDuplicateInputItems',
  compare: 'selectedFields',
  fieldsToCompare: 'email',
  options: {},
})

/** Every item of the first input, with what the second one knows of its address. */
export const mergedByAddress = (name: string): Node =>
  base(name, 'merge', 3.2, {
    mode: 'combine',
    combineBy: 'combineByFields',
    fieldsToMatchString: 'email',
    joinMode: 'enrichInput1',
    options: {},
  })

/** As somebody builds it who has read n8n's advice on rate limits: an answer that fails is asked for again. */
export const request = (name: string, parameters: object): Node => ({
  ...base(name, 'httpRequest', 4.5, { options: {}, ...parameters }),
  onError: 'continueRegularOutput',
  retryOnFail: true,
})

/** @param values name → value, for a query or headers */
export const parametersOf = (values: Readonly<Record<string, string>>) => ({
  parameters: Object.entries(values).map(([name, value]) => ({ name, value })),
})
