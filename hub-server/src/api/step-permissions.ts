import { requirePermission, type Caller } from '../access/rights/caller.ts'
import type { Block } from '../blocks/block.ts'

/**
 * What a line of blocks needs beside the right to run it: who may not send has none send for him.
 * @throws HubError forbidden
 */
export const requireForSteps = (
  caller: Caller,
  blocks: ReadonlyMap<string, Block>,
  steps: readonly { readonly block: string }[],
): void => {
  for (const { block } of steps)
    for (const permission of blocks.get(block)?.contract.permissions ?? []) requirePermission(caller, permission)
}
