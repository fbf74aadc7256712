import { afterAll, describe, expect, it } from 'vitest'
import { holds } from '../../hub-server/src/blocks/conditions.ts'
import { scoreOf } from '../../hub-server/src/blocks/score-lead/score.ts'
import { isMadeFrom, nameParts, sameName } from '../../hub-server/src/blocks/scrape-website/names.ts'
import { parseWebsite } from '../../hub-server/src/blocks/scrape-website/website.ts'
import { fill } from '../../hub-server/src/blocks/send-message/fill.ts'
import { checkAddress } from '../../hub-server/src/blocks/verify-email/checks/checkAddress.ts'
import {
  addressesIn,
  companyDomain,
  emailAddress,
  hostName,
  isNobodysEmail,
  linkedinCompany,
  linkedinPerson,
  phoneNumber,
  somebodysEmail,
} from '../../hub-server/src/contracts/addresses.ts'
import { splitLead } from '../../hub-server/src/leads/fields.ts'
import { isRoleName } from '../../hub-server/src/leads/roles/roles.ts'
import { evilTexts } from './evil/texts.ts'
import { worstOf } from './loop.ts'

/**
 * What reads a field that a stranger wrote, in the hub's own event loop. A field may be at most ten thousand
 * characters long; here it is ten times that, so that what is not linear shows.
 */
const length = 100_000
const [mostMs, bound] = [2_000, 200]

const lists = Array.from({ length: 2_000 }, (_, n) => `word${n}`).join(', ')

const readers: Readonly<Record<string, (text: string) => unknown>> = {
  emailAddress,
  addressesIn,
  isNobodysEmail,
  somebodysEmail,
  hostName,
  companyDomain,
  linkedinPerson,
  linkedinCompany,
  phoneNumber: (text) => phoneNumber(text, 'DE'),
  isRoleName,
  checkAddress,
  parseWebsite,
  nameParts,
  sameName: (text) => sameName(text, `${text}b`),
  isMadeFrom: (text) => isMadeFrom(text, text),
  splitLead: (text) =>
    splitLead({
      email: text,
      phone: text,
      fullName: text,
      linkedin: text,
      company: text,
      website: text,
      country: text,
    }),
  'fill, as a template': (text) => fill(text, { name: 'Anna' }),
  'fill, as a value': (text) => fill('Hello {{name}}', { name: text }),
  'a rule’s words': (text) =>
    scoreOf({ title: 'word1999' }, [{ field: 'title', is: 'contains_any', value: text, points: 1 }]),
  'a text that rules are about': (text) => holds({ field: 'title', is: 'contains_any', value: lists }, { title: text }),
}

const took = new Map<string, number>()

afterAll(() => {
  const count = Object.keys(readers).length * Object.keys(evilTexts).length
  process.stdout.write(
    `${count} readings of ${length} evil characters: the longest took ${worstOf(took)}, aim ${bound} ms\n`,
  )
})

const outcomeOf = (work: () => unknown): 'read' | 'refused' => {
  try {
    work()
    return 'read'
  } catch (thrown) {
    // A refusal in plain words is an answer; anything else is a fault.
    if (thrown instanceof Error && thrown.name === 'HubError') return 'refused'
    throw thrown
  }
}

describe.each(Object.entries(readers))('%s', (reader, read) => {
  it.each(Object.entries(evilTexts))('takes no longer than the text is long: %s', (name, make) => {
    const text = make(length)
    const began = performance.now()
    expect(['read', 'refused']).toContain(outcomeOf(() => read(text)))
    const ms = performance.now() - began
    took.set(`${reader}: ${name}`, ms)
    expect(ms).toBeLessThan(mostMs)
  })
})
