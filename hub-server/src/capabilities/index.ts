import { addToAudience } from './addToAudience.ts'
import type { Capability } from './capability.ts'
import { completeText } from './completeText.ts'
import { enrichCompany } from './enrichCompany.ts'
import { enrichPerson } from './enrichPerson.ts'
import { findEmail } from './findEmail.ts'
import { listFormResponses } from './listFormResponses.ts'
import { listOptions } from './listOptions.ts'
import { locateIp } from './locateIp.ts'
import { publishPost } from './publishPost.ts'
import {
  associateRecords,
  deleteRecords,
  describeFields,
  listRecordChanges,
  readRecords,
  searchRecords,
  upsertRecords,
} from './records.ts'
import { readRows, writeRows } from './rows.ts'
import { runRobot } from './runRobot.ts'
import { scrapePage } from './scrapePage.ts'
import { searchCompanies } from './searchCompanies.ts'
import { searchPeople } from './searchPeople.ts'
import { sendEmail } from './sendEmail.ts'
import { sendMessage } from './sendMessage.ts'
import { solveCaptcha } from './solveCaptcha.ts'
import { trackEvent } from './trackEvent.ts'
import { verifyEmail } from './verifyEmail.ts'

/** Every capability, by name: what a connector.yaml may offer as an operation. */
export const capabilities: Readonly<Record<string, Capability>> = Object.fromEntries(
  [
    searchPeople,
    searchCompanies,
    findEmail,
    listFormResponses,
    scrapePage,
    runRobot,
    solveCaptcha,
    verifyEmail,
    enrichPerson,
    enrichCompany,
    locateIp,
    upsertRecords,
    readRecords,
    searchRecords,
    listRecordChanges,
    describeFields,
    associateRecords,
    deleteRecords,
    sendEmail,
    sendMessage,
    publishPost,
    addToAudience,
    readRows,
    writeRows,
    trackEvent,
    completeText,
    listOptions,
  ].map((each) => [each.name, each]),
)
