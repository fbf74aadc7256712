export interface Job {
  readonly title: string
  readonly seniority: string
  readonly department: string
}

const departments = [
  { id: 'sales', name: 'Sales', chief: 'Chief Revenue Officer', worker: 'Account Executive' },
  { id: 'marketing', name: 'Marketing', chief: 'Chief Marketing Officer', worker: 'Marketing Specialist' },
  { id: 'engineering', name: 'Engineering', chief: 'Chief Technology Officer', worker: 'Software Engineer' },
  { id: 'finance', name: 'Finance', chief: 'Chief Financial Officer', worker: 'Accountant' },
  { id: 'hr', name: 'People', chief: 'Chief People Officer', worker: 'Recruiter' },
  { id: 'operations', name: 'Operations', chief: 'Chief Operating Officer', worker: 'Operations Analyst' },
  { id: 'support', name: 'Customer Support', chief: 'Chief Customer Officer', worker: 'Support Specialist' },
  { id: 'product', name: 'Product', chief: 'Chief Product Officer', worker: 'Product Designer' },
  { id: 'legal', name: 'Legal', chief: 'General Counsel', worker: 'Legal Counsel' },
  { id: 'it', name: 'IT', chief: 'Chief Information Officer', worker: 'System Administrator' },
] as const

const bosses = ['Chief Executive Officer', 'Founder & CEO', 'Managing Director', 'Owner', 'President'] as const

/** The one who leads a company. */
export const bossJob = (throwOf: number): Job => {
  const title = bosses[throwOf % bosses.length] ?? bosses[0]
  return { title, seniority: title === 'Owner' ? 'owner' : 'c_suite', department: 'executive' }
}

/** Somebody's job, from two throws: a number for the department, a fraction for how high. */
export const jobOf = (department: number, height: number): Job => {
  const at = departments[department % departments.length] ?? departments[0]
  const job = (title: string, seniority: string): Job => ({ title, seniority, department: at.id })
  if (height < 0.08) return job(at.chief, 'c_suite')
  if (height < 0.18) return job(`VP ${at.name}`, 'vp')
  if (height < 0.25) return job(`Head of ${at.name}`, 'head')
  if (height < 0.38) return job(`${at.name} Director`, 'director')
  if (height < 0.63) return job(`${at.name} Manager`, 'manager')
  if (height < 0.81) return job(`Senior ${at.worker}`, 'senior')
  return job(at.worker, 'entry')
}
