import type { Connector } from '../types.ts'
import { capabilitiesInWords } from './capabilities.ts'
import { groupInWords } from './groups.ts'

/** The block in n8n that uses a capability: people look for what they know from there. */
const blocks: Readonly<Record<string, string>> = {
  verifyEmail: 'Verify Email',
  findEmail: 'Enrich Lead',
  enrichPerson: 'Enrich Lead',
  enrichCompany: 'Enrich Lead',
  searchPeople: 'Find Leads',
  searchCompanies: 'Find Leads',
  scrapePage: 'Scrape Website',
  upsertRecords: 'Sync CRM',
  searchRecords: 'Sync CRM',
  completeText: 'Write Message',
  sendEmail: 'Send Message',
  sendMessage: 'Send Message',
}

/** “E-Mails”, “email” and “e mail” are one word: people write all of them. */
const plain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/\be[\s-]?mail/g, 'email')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

const textOf = ({ id, name, description = '', groups, capabilities }: Connector): string => {
  const ofBlocks = capabilities.flatMap((each) => blocks[each.split('.')[0] ?? each] ?? [])
  return plain(
    [id, name, description, ...groups.map(groupInWords), ...capabilitiesInWords(capabilities), ...ofBlocks].join(' '),
  )
}

/** Whether every word that is looked for occurs. */
export const matches = (connector: Connector, search: string): boolean => {
  const text = textOf(connector)
  return plain(search)
    .split(' ')
    .every((word) => text.includes(word))
}
