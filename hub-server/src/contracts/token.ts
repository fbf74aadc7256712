/** A token of an account's log-in at a vendor. */
export interface StoredToken {
  readonly access: string
  readonly refresh?: string
  /** Milliseconds since 1970. */
  readonly expiresAt?: number
  /** Whatever else the log-in answered that later requests need, e.g. instance_url. */
  readonly extra?: Readonly<Record<string, unknown>>
}

/** Where an account's token is kept between calls. */
export interface TokenStore {
  get(): Promise<StoredToken | null>
  /** Only one caller at a time renews; the others wait and then read what it stored. */
  renew(make: (old: StoredToken | null) => Promise<StoredToken>): Promise<StoredToken>
}
