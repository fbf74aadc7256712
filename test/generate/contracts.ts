import type { BlockContract } from '../../hub-server/src/contracts/block.ts'
import { contract as enrichLead } from '../../hub-server/src/blocks/enrich-lead/contract.ts'
import { contract as leadStore } from '../../hub-server/src/blocks/lead-store/contract.ts'
import { contract as scoreLead } from '../../hub-server/src/blocks/score-lead/contract.ts'
import { contract as scrapeWebsite } from '../../hub-server/src/blocks/scrape-website/contract.ts'
import { contract as syncCrm } from '../../hub-server/src/blocks/sync-crm/contract.ts'
import { contract as verifyEmail } from '../../hub-server/src/blocks/verify-email/contract.ts'

/** The blocks that n8n has a node for. */
export const contracts: BlockContract[] = [scrapeWebsite, verifyEmail, enrichLead, scoreLead, syncCrm, leadStore]
