import type { Page } from 'playwright-core'
import type { OwnN8n } from '../flagship/own-n8n.ts'

/** An element that n8n marks for its own tests. */
export const marked = (page: Page, id: string) => page.locator(`[data-test-id="${id}"]`)

/** Signs in through n8n's own page, as its owner. */
export const signIn = async (page: Page, { address, account }: OwnN8n): Promise<void> => {
  await page.goto(`${address}/signin`)
  await page.locator('input[type=email]').fill(account.email)
  await page.locator('input[type=password]').fill(account.password)
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/(?:home|workflow)/)
}

/** The names of the nodes that a canvas shows, sorted; notes are no nodes. */
export const nodesOn = async (page: Page): Promise<string[]> => {
  const names = await page
    .locator('[data-test-id="canvas-node"][data-node-name]')
    .evaluateAll((nodes) => nodes.map((node) => node.getAttribute('data-node-name') ?? ''))
  return names.filter((name) => !name.startsWith('Note: ')).sort()
}
