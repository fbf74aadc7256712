import type { ProviderAnswer } from './question.ts'

/** Parts of an answer that no provider gave. */
export const unasked: Omit<ProviderAnswer, 'status' | 'at' | 'error'> = {
  outputs: [],
  provider: '',
  connection: '',
  cached: false,
  price: 0,
}
