import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import type { Block } from './block.ts'

/** Every folder here that holds a block: a new one needs no list. */
export const loadBlocks = async (): Promise<ReadonlyMap<string, Block>> => {
  const here = new URL('.', import.meta.url)
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const entries = (await readdir(here, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
  const blocks = new Map<string, Block>()
  for (const folder of entries.sort()) {
    const file = new URL(`${folder}/block.${extension}`, here)
    if (!existsSync(file)) continue
    const { block }: { block: Block } = await import(file.href)
    blocks.set(block.contract.id, block)
  }
  return blocks
}
