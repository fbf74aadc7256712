import { existsSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BlockContract } from '../../hub-server/src/contracts/block.ts'

const blocks = resolve(import.meta.dirname, '../../hub-server/src/blocks')

const contractIn = async (file: string): Promise<BlockContract> => {
  const { contract }: { contract: BlockContract } = await import(pathToFileURL(file).href)
  return contract
}

/** The contract of every block: each has a node in n8n. */
export const contracts: BlockContract[] = await Promise.all(
  readdirSync(blocks)
    .map((name) => resolve(blocks, name, 'contract.ts'))
    .filter((file) => existsSync(file))
    .map(contractIn),
)
