import { createKnowledge, type Knowledge } from '../../hub-server/src/sandbox/vendors/knowledge.ts'
import type { Population } from '../../hub-server/src/sandbox/index.ts'
import type { SandboxPerson } from '../../hub-server/src/sandbox/population/types.ts'
import { isMap } from './descriptions/maps.ts'
import { sameText, sayings, type Saying } from './sayings.ts'

/** The population as a vendor knows it: some facts are outdated, by its sandbox.yaml. */
export interface Truth {
  readonly population: Population
  readonly knowledge: Knowledge
}

export const truthOf = (population: Population, vendor: string, wrong: number): Truth => ({
  population,
  knowledge: createKnowledge(population, vendor, 1, wrong),
})

type Values = Readonly<Record<string, unknown>>
type Judge = (truth: Truth, item: Values, outputs: readonly Values[]) => string[]

/**
 * What is wrong with the values that an operation read, by capability; those of which the population says nothing are
 * not among them.
 */
export const judges: Readonly<Record<string, Judge>> = {
  verifyEmail: (truth, { email }, outputs) =>
    outputs.flatMap((output) => verdictProblems(truth, String(email), output)),
  findEmail: ({ knowledge }, item, outputs) => {
    const person = askedPerson(knowledge, item)
    if (!person) return outputs.length ? [`${JSON.stringify(item)} is nobody's, and there is an answer`] : []
    return outputs.flatMap((output) => [
      ...differences(sayings.person, person, { email: output.email }, ['email']),
      ...(isMap(output.person) ? personProblems(person, output.person, []) : []),
    ])
  },
  enrichPerson: ({ knowledge }, item, outputs) => {
    const person = askedPerson(knowledge, item)
    if (!person) return outputs.length ? [`${JSON.stringify(item)} is nobody's, and there is an answer`] : []
    return outputs.flatMap((output) => personProblems(person, output, [['fullName', 'firstName', 'lastName', 'email']]))
  },
  enrichCompany: ({ knowledge }, item, outputs) => {
    const company = knowledge.company(pick(item, ['domain', 'name', 'linkedin']))
    if (!company) return outputs.length ? [`${JSON.stringify(item)} is no company, and there is an answer`] : []
    return outputs.flatMap((output) => differences(sayings.company, company, output, ['name', 'domain']))
  },
  searchPeople: ({ population, knowledge }, item, outputs) => {
    const fit = new Set(population.searchPeople(filtersOf(item)))
    return outputs.flatMap((output) => {
      const person = foundPerson(knowledge, output)
      if (!person) return [`somebody was found who is not there: ${JSON.stringify(output)}`]
      if (!fit.has(person.index)) return [`${person.fullName} does not fit ${JSON.stringify(item)}`]
      return personProblems(person, output, [['fullName', 'firstName']])
    })
  },
  searchCompanies: ({ population, knowledge }, item, outputs) => {
    const fit = new Set(population.searchCompanies(filtersOf(item)))
    return outputs.flatMap((output) => {
      const company =
        knowledge.company(pick(output, ['domain', 'linkedin'])) ?? knowledge.company(pick(output, ['name']))
      if (!company) return [`a company was found that is not there: ${JSON.stringify(output)}`]
      if (!fit.has(company.index)) return [`${company.name} does not fit ${JSON.stringify(item)}`]
      return differences(sayings.company, company, output, ['name'])
    })
  },
  locateIp: ({ population }, { ip }, outputs) => {
    const company = population.companies(768).find((each) => each.ip === ip)
    return outputs.flatMap((output) =>
      company ? differences(sayings.place, company, output, ['country']) : ['this address is nobody’s'],
    )
  },
  scrapePage: ({ population }, { url }, outputs) => {
    const company = population.findCompany({ domain: new URL(String(url)).hostname })
    return outputs.flatMap(({ html }) =>
      company && String(html).includes(company.name) ? [] : [`${String(url)}: not the page of ${company?.name}`],
    )
  },
}

const personProblems = (person: SandboxPerson, output: Values, needed: readonly (readonly string[])[]): string[] => {
  const missing = needed
    .filter((any) => any.every((name) => output[name] === undefined))
    .map((any) => `none of ${any.join(', ')} is there`)
  const own = differences(sayings.person, person, output, [])
  const company = isMap(output.company)
    ? differences(sayings.company, person.company, output.company, []).map((problem) => `company ${problem}`)
    : []
  return [...missing, ...own, ...company]
}

/** Values that are not what the population says; and those that should be there and are not. */
const differences = <Subject>(
  known: Readonly<Record<string, Saying<Subject>>>,
  subject: Subject,
  output: Values,
  needed: readonly string[],
): string[] => [
  ...needed.filter((name) => output[name] === undefined).map((name) => `${name} is not there`),
  ...Object.entries(output).flatMap(([name, value]) => {
    const saying = known[name]
    if (!saying || value === undefined) return []
    const expected = saying.of(subject)
    return (saying.same ?? sameText)(value, expected)
      ? []
      : [`${name} is ${JSON.stringify(value)}, not ${JSON.stringify(expected)}`]
  }),
]

const askedPerson = (knowledge: Knowledge, item: Values): SandboxPerson | undefined => {
  const { email, linkedin, ids } = item
  if (typeof email === 'string') return knowledge.person({ email })
  if (typeof linkedin === 'string') return knowledge.person({ linkedin })
  const own = isMap(ids) ? Object.values(ids)[0] : undefined
  if (typeof own === 'string') return knowledge.person({ id: own })
  return knowledge.person(pick(item, ['firstName', 'lastName', 'fullName', 'domain', 'company']))
}

const foundPerson = (knowledge: Knowledge, output: Values): SandboxPerson | undefined => {
  const { email, linkedin, ids, company } = output
  if (typeof email === 'string') return knowledge.person({ email })
  if (typeof linkedin === 'string') return knowledge.person({ linkedin })
  const own = isMap(ids) ? Object.values(ids).find((id) => /^[0-9a-f]{24}$/.test(String(id))) : undefined
  if (typeof own === 'string') return knowledge.person({ id: own })
  const at = isMap(company) ? pick(company, ['domain']) : {}
  const named = isMap(company) && typeof company.name === 'string' ? { company: company.name } : {}
  return knowledge.person({ ...pick(output, ['firstName', 'lastName', 'fullName']), ...('domain' in at ? at : named) })
}

const pick = (values: Values, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.flatMap((name) => (typeof values[name] === 'string' ? [[name, values[name]] as const] : [])))

const filtersOf = ({ limit: _limit, ...filters }: Values): Values => filters

/** What may be said of a mailbox: services differ in how sure they call themselves, never in whether mail arrives. */
const verdicts: Readonly<Record<string, readonly string[]>> = {
  personal: ['deliverable'],
  'catch-all': ['risky'],
  role: ['risky', 'deliverable'],
  disposable: ['risky', 'undeliverable'],
  dead: ['undeliverable'],
  missing: ['undeliverable'],
  'no-mail': ['undeliverable'],
  malformed: ['undeliverable'],
  greylisted: ['unknown', 'risky'],
  outside: ['unknown'],
}

const verdictProblems = ({ knowledge }: Truth, email: string, output: Values): string[] => {
  const box = knowledge.mailbox(email)
  if (!box) return [`${email} is not looked at`]
  const flags = { isFree: box.free, isRole: box.role, isDisposable: box.disposable, isCatchAll: box.catchAll }
  return [
    ...(verdicts[box.kind]?.includes(String(output.status))
      ? []
      : [`${email} (${box.kind}) is called ${String(output.status)}`]),
    ...Object.entries(flags).flatMap(([name, expected]) =>
      output[name] === undefined || output[name] === expected
        ? []
        : [`${email} (${box.kind}): ${name} is ${String(output[name])}`],
    ),
  ]
}
