import type { Capability } from './capability.ts'
import { enrichCompany } from './enrichCompany.ts'
import { enrichPerson } from './enrichPerson.ts'
import { findEmail } from './findEmail.ts'
import { describeFields, listRecordChanges, searchRecords, upsertRecords } from './records.ts'
import { searchCompanies } from './searchCompanies.ts'
import { searchPeople } from './searchPeople.ts'
import { sendEmail } from './sendEmail.ts'
import { verifyEmail } from './verifyEmail.ts'

/** Every capability, by name: what a connector.yaml may offer as an operation. */
export const capabilities: Readonly<Record<string, Capability>> = Object.fromEntries(
  [
    verifyEmail,
    findEmail,
    searchPeople,
    searchCompanies,
    enrichPerson,
    enrichCompany,
    upsertRecords,
    searchRecords,
    listRecordChanges,
    describeFields,
    sendEmail,
  ].map((each) => [each.name, each]),
)
