import { stepClock } from '../hub/stepped-clock.ts'

/**
 * The hub as it is started always, but it thinks that its first moment is FIXTURE_AT: runs and answers of then are
 * fresh.
 */
const ahead = Date.parse(process.env.FIXTURE_AT ?? '') - Date.now()
stepClock(() => ahead)
await import('../../hub-server/src/main.ts')
