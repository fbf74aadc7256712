import type { Egress } from '../../egress/egress.ts'
import type { VendorAnswer, VendorRequest } from '../port/types.ts'
import { performHttp } from './http.ts'

/** How a request leaves: paced, and with the moment known from which on it may have arrived. */
export interface Departure {
  /** Everything is ready: resolves when the first byte of the request, or of the message, may be written. */
  readonly leave: () => Promise<void>
  /** From here on nobody knows whether the other side has it, unless it answers. */
  readonly left: () => void
}

export interface PerformOptions {
  readonly signal: AbortSignal
  /** The way out: accounts name servers and files. */
  readonly egress: Egress
  /** Absent where nobody paces it. */
  readonly departure?: Departure
}

/**
 * Performs a request by its protocol; what few hubs speak is loaded when it is spoken first.
 * @throws HubError when there is no answer, and what `departure.leave` throws
 */
export const performRequest = async (request: VendorRequest, options: PerformOptions): Promise<VendorAnswer> => {
  switch (request.protocol) {
    case 'http':
      return performHttp(request, options)
    case 'smtp':
      return (await import('./smtp.ts')).performSmtp(request, options)
    case 'mmdb':
      await options.departure?.leave()
      return (await import('./mmdb.ts')).performMmdb(request, options)
  }
}
