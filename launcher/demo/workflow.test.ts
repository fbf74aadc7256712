import { expect, test } from 'vitest'
import { formOf, prepare, type Workflow } from './workflow.ts'

const credential = { id: '7', name: 'AI-Now Hub (test)' }
const template: Workflow = {
  name: 'Website to CRM',
  nodes: [
    {
      name: 'Form',
      type: 'n8n-nodes-base.formTrigger',
      webhookId: 'the-template-s-own',
      parameters: { formFields: { values: [{ fieldLabel: 'Your name' }, { fieldLabel: 'Company websites' }] } },
    },
    { name: 'Scrape', type: 'n8n-nodes-ainow.scrapeWebsite', parameters: {} },
    {
      name: 'Ask',
      type: 'n8n-nodes-base.httpRequest',
      parameters: {},
      credentials: { aiNowHubApi: { id: '', name: 'old' } },
    },
    { name: 'Set', type: 'n8n-nodes-base.set', parameters: {} },
  ],
  connections: {},
  settings: { executionOrder: 'v1', saveDataSuccessExecution: 'none' },
}

test('every node that speaks to the hub gets the credential, and no other node does', () => {
  const given = prepare(template, credential).nodes.map((node) => node.credentials?.['aiNowHubApi'])
  expect(given).toEqual([undefined, credential, credential, undefined])
})

test('the demo does not take the form address of the template itself, nor change the template', () => {
  const { path } = formOf(prepare(template, credential), 'Company websites')
  expect(path).toMatch(/^\/form\/[0-9a-f-]{36}$/)
  expect(template.nodes[0]?.webhookId).toBe('the-template-s-own')
})

test('the data of the execution is kept, whatever the template says', () => {
  expect(prepare(template, credential).settings).toMatchObject({
    executionOrder: 'v1',
    saveDataSuccessExecution: 'all',
  })
})

test('its steps can be executed one by one in the editor', () => {
  expect(prepare(template, credential).pinData).toEqual({})
})

test('a field is sent under its number', () => {
  expect(formOf(template, 'Company websites').field).toBe('field-1')
})

test('a form without the field is named', () => {
  expect(() => formOf(template, 'Sites')).toThrow('no field “Sites”')
})
