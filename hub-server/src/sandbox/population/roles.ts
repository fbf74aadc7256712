/** The desks that a company may have; the first is the general one, which every company with mail has. */
export const roleNames = [
  'info',
  'contact',
  'hello',
  'office',
  'sales',
  'support',
  'press',
  'jobs',
  'billing',
  'admin',
  'postmaster',
  'abuse',
] as const

const roles: ReadonlySet<string> = new Set(roleNames)

export const isRole = (local: string): boolean => roles.has(local)
