/** What a connector can do, in words that need no manual. `{}` is the kind of record. */
const words: Readonly<Record<string, string>> = {
  verifyEmail: 'Verify e-mail addresses',
  findEmail: 'Find e-mail addresses',
  searchPeople: 'Search for people',
  searchCompanies: 'Search for companies',
  enrichPerson: 'Add details about people',
  enrichCompany: 'Add details about companies',
  locateIp: 'Locate website visitors',
  scrapePage: 'Read web pages',
  solveCaptcha: 'Solve captchas',
  runRobot: 'Run web robots',
  searchRecords: 'Look up {}',
  readRecords: 'Read {}',
  listRecordChanges: 'Notice changed {}',
  describeFields: 'List the fields of {}',
  listOptions: 'List choices of {}',
  listFormResponses: 'Read form answers',
  readRows: 'Read table rows',
  completeText: 'Write text with AI',
  upsertRecords: 'Create and update {}',
  deleteRecords: 'Delete {}',
  associateRecords: 'Link {} together',
  addToAudience: 'Add people to audiences',
  writeRows: 'Write table rows',
  sendEmail: 'Send e-mails',
  sendMessage: 'Send messages',
  publishPost: 'Publish posts',
  trackEvent: 'Report events',
}

const records: Readonly<Record<string, string>> = { contact: 'contacts', company: 'companies', deal: 'deals' }

/** Inner bookkeeping that a person need not read to choose a service, as long as there is something else to say. */
const minor = new Set(['describeFields', 'listOptions', 'readRecords'])

/** verifyEmailQuickly → Verify email quickly: for a capability that is newer than this page. */
const spelledOut = (name: string): string => {
  const text = name.replace(/([a-z\d])([A-Z])/g, '$1 $2').toLowerCase()
  return text.charAt(0).toUpperCase() + text.slice(1)
}

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`

/**
 * Capabilities as sentences, each once: `upsertRecords.contact` and `upsertRecords.company` become
 * “Create and update contacts and companies”.
 */
export const capabilitiesInWords = (capabilities: readonly string[]): string[] => {
  const kinds = new Map<string, string[]>()
  for (const each of capabilities) {
    const [name = each, object] = each.split('.')
    kinds.set(name, [...(kinds.get(name) ?? []), ...(object ? [records[object] ?? object] : [])])
  }
  const telling = [...kinds].filter(([name]) => !minor.has(name))
  return (telling.length > 0 ? telling : [...kinds]).map(([name, objects]) =>
    (words[name] ?? spelledOut(name)).replace('{}', objects.length > 0 ? listed(objects) : 'records'),
  )
}
