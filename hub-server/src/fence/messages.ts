/** What the processes behind the fence are told, and what they tell. */
export interface Call {
  readonly module: string
  readonly name: string
  readonly input: unknown
  readonly cpuMs: number
}

/** What the function gave, as JSON; null where that was nothing. Or why it gave nothing. */
export type Outcome = { readonly json: string | null } | { readonly failed: string }

/** `ready` once, when it can take a call; `begun` when a call's module has been loaded; then the call's outcome. */
export type Message = 'ready' | 'begun' | Outcome

/** How such a process ends by itself. */
export const exits = { tooLong: 70, tooMuch: 71 } as const

/** Characters of JSON that one call may give back: the hub reads them in its own loop. */
export const mostGivenBack = 4_000_000
