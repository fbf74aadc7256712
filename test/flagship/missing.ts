import { existsSync } from 'node:fs'
import { packedNodes } from '../../launcher/build/node-package.ts'
import { inCheckout } from '../../launcher/paths.ts'

const missingOfN8n = (): string => {
  if (!existsSync(inCheckout('deploy/n8n/node_modules/n8n')))
    return ': not run, n8n is not installed in deploy/n8n (./hub test tests-together)'
  return existsSync(packedNodes) ? '' : ': not run, the blocks are not packed (./hub test build-nodes)'
}

/**
 * Why a test of the whole cannot run here, as the end of its name; empty where everything is there. `./hub test` makes
 * all of it.
 */
export const withoutN8n: string = missingOfN8n()

export const withoutBrowser: string = existsSync('/usr/bin/chromium')
  ? ''
  : ': not run, Chromium is not installed (apt-get install chromium)'

export const withoutConsole: string = existsSync(inCheckout('hub-server/console/dist/index.html'))
  ? ''
  : ': not run, the console is not built (./hub test build-console)'
