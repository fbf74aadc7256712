/**
 * What others work on, as long as it is wanted here.
 * @returns undefined when the stop comes first; the work goes on without us
 */
export const unlessStopped = <Value>(work: Promise<Value>, stop: AbortSignal): Promise<Value | undefined> =>
  new Promise((resolve, reject) => {
    const leave = (): void => resolve(undefined)
    if (stop.aborted) leave()
    stop.addEventListener('abort', leave, { once: true })
    work.then(resolve, reject).finally(() => stop.removeEventListener('abort', leave))
  })
