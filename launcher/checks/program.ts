import { existsSync } from 'node:fs'
import { inCheckout } from '../paths.ts'
import { finish, start } from '../processes.ts'
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

/** A check that is one program: it holds when the program ends with 0. */
export function program(one: Program): Check {
  return {
    name: one.name,
    title: one.title,
    async run(_data, stop) {
      if (one.needs !== undefined && !existsSync(inCheckout(one.room, one.needs))) {
        return skipped(`${one.name} (there is no ${one.room}/${one.needs})`)
      }
      const where = { cwd: inCheckout(one.room), env: buildEnvironment(), log: 'screen' }
      return (await finish(start(one.title, one.command, one.args, where), stop)) === '0' ? passed : failed(one.name)
    },
  }
}
