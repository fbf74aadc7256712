import { systemClock } from '../../hub-server/src/hub.ts'

const Real = Date

/**
 * Puts this process's clocks, the machine's as it sees it and the hub's own, ahead by what `ahead` says at each moment
 * (milliseconds).
 */
export const stepClock = (ahead: () => number): typeof systemClock => {
  globalThis.Date = new Proxy(Real, {
    construct: (_target, given: unknown[]) =>
      Reflect.construct(Real, given.length === 0 ? [Real.now() + ahead()] : given),
    get: (target, name): unknown =>
      name === 'now' ? () => Real.now() + ahead() : (Reflect.get(target, name) as unknown),
  })
  return { ...systemClock, now: () => systemClock.now() + ahead() }
}
