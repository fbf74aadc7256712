import type { Manifest } from './manifest.ts'

/** A connector.yaml, loaded, checked and compiled. */
export interface Connector {
  readonly id: string
  readonly folder: string
  readonly builtIn: boolean
  readonly manifest: Manifest
}
