import { afterEach, beforeEach, vi } from 'vitest'

/** What each test of a file has the launcher say on the screen, which stays empty. */
export function listen(): { readonly said: string } {
  const heard = { said: '' }
  beforeEach(() => {
    heard.said = ''
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((heard.said += String(text))))
  })
  afterEach(() => {
    vi.restoreAllMocks()
  })
  return heard
}
