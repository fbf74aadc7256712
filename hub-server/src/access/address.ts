import type { Request } from 'express'

/** Where a request comes from: loopback's two spellings are one. */
export const addressOf = ({ ip = '' }: Pick<Request, 'ip'>): string => ip.replace(/^::ffff:/, '')
