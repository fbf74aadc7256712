import { linkText } from '../../hub-server/src/access/command-words.ts'
import { makeSignInLink, ownerDoor } from '../access/owner-door.ts'
import { readArguments } from '../arguments.ts'
import { runHubCommand } from '../hub-command.ts'
import { dataFolder, makePrivate } from '../paths.ts'
import { runningHub } from '../running-hub.ts'
import { say } from '../screen.ts'

const options = { workspace: { type: 'string' }, data: { type: 'string' } } as const

/** `./hub sign-in-link [e-mail]`: a link that signs the owner, or who has the address, in once. */
export async function signInLink(args: string[], stop: AbortSignal): Promise<number> {
  const { values, positionals } = readArguments(args, options, 1)
  const data = dataFolder(values.data)
  makePrivate(data)
  const hub = await runningHub(data, stop)
  if (hub === undefined) {
    const workspace = values.workspace === undefined ? [] : [`--workspace=${values.workspace}`]
    return runHubCommand(['sign-in-link', ...positionals, ...workspace], data, {}, stop)
  }
  const { workspace } = values
  const { link, name } = await makeSignInLink(ownerDoor(hub), { email: positionals[0], workspace }, stop)
  say(linkText(link, name))
  return 0
}
