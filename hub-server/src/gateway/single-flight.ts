/** Who asks for what is being asked already gets the same answer. */
export const createSingleFlight = <Value>() => {
  const underWay = new Map<string, Promise<Value>>()
  return {
    find: (key: string): Promise<Value> | undefined => underWay.get(key),
    /** @returns what ends the flight with its answer, or without one */
    claim: (key: string): { land: (value: Value) => void; fail: (cause: unknown) => void } => {
      const { promise, resolve, reject } = Promise.withResolvers<Value>()
      // Nobody may be waiting: then a failure is the claimer's alone, and it has it already.
      promise.catch(() => undefined)
      underWay.set(key, promise)
      const end = () => underWay.delete(key)
      return { land: (value) => (end(), resolve(value)), fail: (cause) => (end(), reject(cause)) }
    },
  }
}

export type SingleFlight<Value> = ReturnType<typeof createSingleFlight<Value>>
