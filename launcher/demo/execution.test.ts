import { expect, test } from 'vitest'
import { leadsOf } from './execution.ts'

test('the leads are the items of the last node, from all of its runs and outputs', () => {
  const lead = (name: string) => ({ json: { name } })
  const runData = {
    Form: [{ data: { main: [[lead('not a lead')]] } }],
    'Sync CRM': [{ data: { main: [[lead('Ada')], null] } }, { data: { main: [[lead('Grace')]] } }],
  }
  const execution = { id: '1', status: 'success', data: { resultData: { lastNodeExecuted: 'Sync CRM', runData } } }
  expect(leadsOf(execution).map((one) => one.name)).toEqual(['Ada', 'Grace'])
})

test('a failed workflow says which block failed and why', () => {
  const resultData = {
    lastNodeExecuted: 'Sync CRM',
    error: { message: 'Over budget.', description: 'Raise it.', node: { name: 'Sync CRM' } },
  }
  expect(() => leadsOf({ id: '1', status: 'error', data: { resultData } })).toThrow(
    /“Sync CRM”\. Over budget\. Raise it\./,
  )
})
