import { execFile } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'

const consoleFolder = join(import.meta.dirname, '../../hub-server/console')

/** Builds the page from its sources, beside the checkout's own dist, which a running hub may be serving. */
export const buildConsole = async (): Promise<string> => {
  const dist = await mkdtemp(join(tmpdir(), 'ainow-console-'))
  await promisify(execFile)(
    join(consoleFolder, 'node_modules/.bin/vite'),
    ['build', '--outDir', dist, '--emptyOutDir'],
    {
      cwd: consoleFolder,
      // vitest sets NODE_ENV to test, with which React would be built for development.
      env: { ...process.env, NODE_ENV: 'production' },
    },
  )
  return dist
}

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  })

/** A fresh person at a fresh browser. `complaints` collects what a clean page never causes: errors, CSP violations. */
export const openPage = async (
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; complaints: string[] }> => {
  const context = await browser.newContext({
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    viewport: { width: 1280, height: 860 },
    ...options,
  })
  const page = await context.newPage()
  page.setDefaultTimeout(8000)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    // The browser writes a line of its own for every answer that is not 2xx; those answers are what is tested.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text())
  })
  return { page, complaints }
}
