import type { Ask, AskParts, Question, Unit } from './question.ts'
import { kept, toKeep } from './provider-answer.ts'
import { maxAgeOf } from './question.ts'

/**
 * Leaves out what the run has paid for already, though nobody else may use it, and keeps for it what it pays for now.
 */
export const cachedForRun =
  ({ runAnswers }: AskParts, ask: Ask): Ask =>
  async (question, units, tell) => {
    const { capability, run, nameOf } = question
    if (capability.effect !== 'read' || run === null || !nameOf || maxAgeOf(question) > 0)
      return ask(question, units, tell)
    const namesOf = (unit: Unit) => unit.positions.map((position) => nameFor(question, unit, nameOf(position)))

    const flat = units.flatMap((unit) => namesOf(unit).map((name) => ({ ...name, key: unit.key })))
    const known = new Map<string, ReturnType<typeof kept>>()
    for (const [at, answer] of await runAnswers.read(run, flat)) known.set(flat[at]?.key ?? '', kept(answer, question))
    const found = new Map([...known].flatMap(([key, answer]) => (answer ? [[key, answer] as const] : [])))

    const open = units.filter(({ key }) => !found.has(key))
    const answers = await ask(question, open, async (unit, answer) => {
      const { status, partial, paid } = answer
      const isKept = status === 'done' && !partial && paid
      const rows = isKept ? namesOf(unit).map((name) => ({ run, ...name, ...toKeep(answer, question) })) : []
      await Promise.all([tell(unit, answer), ...rows.map((row) => runAnswers.keep(row))])
    })
    return new Map([...found, ...answers])
  }

const nameFor = ({ provider }: Question, { key }: Unit, item: string) => ({
  item,
  question: `${provider.connector.id} ${provider.operation} ${key}`,
})
