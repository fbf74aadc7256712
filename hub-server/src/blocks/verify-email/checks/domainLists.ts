export { isDisposableDomain, isFreeDomain } from '../../../leads/mail-domains.ts'
