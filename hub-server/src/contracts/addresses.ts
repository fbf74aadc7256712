/** What people and companies are reached at and known by: each has one normal form, made here and nowhere else. */
export { companyDomain, hostName } from './addresses/domain.ts'
export { addressesIn, emailAddress } from './addresses/email.ts'
export { linkedinCompany, linkedinPerson } from './addresses/linkedin.ts'
export { isBlank, isNobodysEmail, somebodysEmail } from './addresses/nobodys.ts'
export { phoneNumber } from './addresses/phone.ts'
