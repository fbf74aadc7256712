import { spawnSync } from 'node:child_process'
import { rmSync, symlinkSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { newFolder } from '../hub/hub-process.ts'
import { startOddHub } from './odd-process.ts'

/** As a container does: the hub is process 1 in there, and sees no other. */
const container = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc']
const mayUnshare = spawnSync('unshare', [...container.slice(1), 'true']).status === 0

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

test.skipIf(!mayUnshare)(
  'of two containers on one folder the second is refused, by another path, too, until the first is killed',
  async () => {
    const data = newFolder()
    folders.push(data, `${data}-link`)
    symlinkSync(data, `${data}-link`)
    const first = await startOddHub(container, { HUB_DATA: data })
    const url = await first.ready
    for (const path of [data, `${data}-link`, `${data}/../${data.split('/').at(-1)}`]) {
      const second = await startOddHub(container, { HUB_DATA: path })
      expect(await second.gone).toBe(1)
      expect(second.output()).toContain(`is in use by another hub (${url}, process 1). Stop that hub first`)
    }
    expect((await fetch(`${url}/health`)).status).toBe(200)
    first.signal('SIGKILL')
    await first.gone
    const next = await startOddHub(container, { HUB_DATA: data })
    expect((await fetch(`${await next.ready}/health`)).status).toBe(200)
    next.signal('SIGKILL')
    await next.gone
  },
)
