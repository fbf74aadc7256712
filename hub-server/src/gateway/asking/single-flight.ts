/** Who asks for what is being asked already gets the same answer. */
export const createSingleFlight = <Value>() => {
  const pending = new Map<string, Promise<Value>>()
  return {
    /** The answer that somebody asks for already; or what gives one to all who ask for it meanwhile. */
    join: (key: string): Joined<Value> => {
      const follows = pending.get(key)
      if (follows) return { follows }
      const { promise, resolve, reject } = Promise.withResolvers<Value>()
      // Nobody may be waiting: then a failure is the leader's alone, and it has it already.
      promise.catch(() => undefined)
      pending.set(key, promise)
      const end = () => pending.delete(key)
      return { leads: { resolve: (value) => (end(), resolve(value)), reject: (cause) => (end(), reject(cause)) } }
    },
  }
}

/** Either of them. */
interface Joined<Value> {
  readonly leads?: Deferred<Value>
  readonly follows?: Promise<Value>
}

/** A question that is being asked. */
export interface Deferred<Value> {
  readonly resolve: (value: Value) => void
  readonly reject: (cause: unknown) => void
}

export type SingleFlight<Value> = ReturnType<typeof createSingleFlight<Value>>
