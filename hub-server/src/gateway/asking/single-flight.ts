/** Who asks for what is being asked already gets the same answer. */
export const createSingleFlight = <Value>() => {
  const underWay = new Map<string, Promise<Value>>()
  return {
    find: (key: string): Promise<Value> | undefined => underWay.get(key),
    /** @returns what gives the answer to all who wait for it, or the reason why there is none */
    claim: (key: string): Flight<Value> => {
      const { promise, resolve, reject } = Promise.withResolvers<Value>()
      // Nobody may be waiting: then a failure is the claimer's alone, and it has it already.
      promise.catch(() => undefined)
      underWay.set(key, promise)
      const end = () => underWay.delete(key)
      return { resolve: (value) => (end(), resolve(value)), reject: (cause) => (end(), reject(cause)) }
    },
  }
}

/** A question that is being asked. */
export interface Flight<Value> {
  readonly resolve: (value: Value) => void
  readonly reject: (cause: unknown) => void
}

export type SingleFlight<Value> = ReturnType<typeof createSingleFlight<Value>>
