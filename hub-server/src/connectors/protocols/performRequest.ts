import type { VendorAnswer, VendorRequest } from '../types.ts'
import { performHttp, type Agents } from './http.ts'
import { performMmdb } from './mmdb.ts'
import { performSmtp } from './smtp.ts'

/** Performs a request by its protocol. @throws HubError when there is no answer */
export const performRequest = (request: VendorRequest, options: { signal: AbortSignal; agents: Agents }): Promise<VendorAnswer> => {
  switch (request.protocol) {
    case 'http':
      return performHttp(request, options)
    case 'smtp':
      return performSmtp(request, options)
    case 'mmdb':
      return performMmdb(request, options)
  }
}
