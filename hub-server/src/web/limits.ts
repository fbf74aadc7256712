/** What one page may cost. Milliseconds and bytes. */
export interface FetchLimits {
  /** From the first look-up of the name to the last byte, redirects included, waiting for the site's turn not. */
  readonly totalMs: number
  /** From the start of one exchange to its status line. */
  readonly firstByteMs: number
  /** Of a page, after decompression. */
  readonly maxBytes: number
  readonly maxRedirects: number
  /** Between the starts of two requests to one site; 0 in test mode. */
  readonly minIntervalMs: number
  /** A site's robots.txt may ask for more than `minIntervalMs`, up to this. */
  readonly maxCrawlDelayMs: number
  /** How many requests may wait for one site, and how long one may wait. */
  readonly maxWaiting: number
  readonly maxWaitMs: number
  /** RFC 9309, 2.4: a robots.txt should not be used longer than 24 hours. */
  readonly robotsMaxAgeMs: number
  /** How long a site is left alone whose robots.txt could not be read. */
  readonly robotsRetryMs: number
  /** Characters of sites' rules that are remembered; each site counts a thousand more. */
  readonly robotsChars: number
  /** RFC 9309, 2.5: at least 500 KiB must be parsed. */
  readonly robotsMaxBytes: number
  /** Characters of HTML that are kept for callers who accept an earlier answer. */
  readonly cacheChars: number
}

export const defaultLimits: FetchLimits = {
  totalMs: 15_000,
  firstByteMs: 10_000,
  maxBytes: 5_000_000,
  maxRedirects: 5,
  minIntervalMs: 500,
  maxCrawlDelayMs: 10_000,
  maxWaiting: 50,
  maxWaitMs: 120_000,
  robotsMaxAgeMs: 86_400_000,
  robotsRetryMs: 60_000,
  robotsChars: 5_000_000,
  robotsMaxBytes: 512_000,
  cacheChars: 4_000_000,
}
