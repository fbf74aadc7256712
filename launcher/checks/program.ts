import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inCheckout } from '../paths.ts'
import { finish, start } from '../processes.ts'
import { say } from '../screen.ts'
import { buildEnvironment } from '../tools.ts'
import { failed, passed, skipped, type Check } from './check.ts'

type Program = {
  name: string
  title: string
  /** The room it runs in, relative to the checkout. */
  room: string
  command: string
  args: string[]
  /** A file of the room without which there is nothing to check. */
  needs?: string
}

/** A check that is one program: it holds when the program ends with 0. What it says is shown when it has ended. */
export function program(one: Program): Check {
  return {
    name: one.name,
    title: one.title,
    isQuiet: true,
    async run(data, stop) {
      if (one.needs !== undefined && !existsSync(inCheckout(one.room, one.needs))) {
        return skipped(`${one.name} (there is no ${one.room}/${one.needs})`)
      }
      const log = join(data.logs, `check-${one.name}.log`)
      const where = { cwd: inCheckout(one.room), env: buildEnvironment(), log }
      const end = await finish(start(one.title, one.command, one.args, where), stop)
      const told = readFileSync(log, 'utf8').trimEnd()
      if (told !== '') say(`\n${one.title}:\n${told}`)
      return end === '0' ? passed : failed(one.name)
    },
  }
}
