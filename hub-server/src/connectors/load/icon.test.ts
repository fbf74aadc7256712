import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { iconOf } from './icon.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hub-icon-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const shown = (text: string): Promise<string | null> => {
  writeFileSync(join(folder, 'icon.svg'), text)
  return iconOf({ folder })
}

it.each([
  '<svg/>',
  '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>\n',
  '\ufeff<?xml version="1.0"?>\n<!-- Mine -->\n<svg\n  width="24"><style><![CDATA[ a { fill: red } ]]></style></svg>',
])('%s is a picture', async (text) => {
  expect(await shown(text)).toBe(text.replace('\ufeff', ''))
})

it.each([
  '',
  '<svgx/>',
  '<html><svg/></html>',
  '{"live":"ainow_live_x"}',
  '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>',
  '<!-- without end',
  '<svg>',
])('%s is none', async (text) => {
  expect(await shown(text)).toBeNull()
})

it('none that is a link out of the folder is shown, and none where there is none', async () => {
  expect(await iconOf({ folder })).toBeNull()
  symlinkSync('/etc/passwd', join(folder, 'icon.svg'))
  expect(await iconOf({ folder })).toBeNull()
})
