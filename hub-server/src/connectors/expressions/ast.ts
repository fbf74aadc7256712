/** A node of JSONata's syntax tree. */
export type Node = Record<string, unknown>

export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** No part beside these: a part that is not known may change what the node means. */
export const onlyHas = (node: Node, keys: readonly string[]): boolean =>
  Object.keys(node).every((key) => keys.includes(key))
