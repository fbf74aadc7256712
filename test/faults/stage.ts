import { rmSync } from 'node:fs'
import { newFolder } from '../hub/hub-process.ts'
import { copyWithoutLimits, startSandboxProcess, type SandboxProcess } from '../hub/sandbox-process.ts'

export interface Stage extends SandboxProcess {
  /** What a hub needs to play here. */
  readonly env: Record<string, string>
}

/** The services that the works of the plays ask. */
const services = ['hunter', 'sendgrid', 'neverbounce', 'hubspot', 'pipedrive']

/** The sandbox of a play, with few vendors, so that a hub starts fast. */
export const openStage = async (): Promise<Stage> => {
  const connectors = newFolder()
  copyWithoutLimits(connectors, services)
  const sandbox = await startSandboxProcess(connectors)
  return {
    ...sandbox,
    env: { SANDBOX_URL: sandbox.url, FAULTS_CONNECTORS: connectors, LOG_LEVEL: 'warn' },
    stop: async () => {
      await sandbox.stop()
      rmSync(connectors, { recursive: true, force: true })
    },
  }
}
