/** What writes goes first and what deletes goes last, so that there is something to look for in between. */
export const turnOf = (operation: string): number => {
  if (/^(upsert|add|write)/.test(operation)) return 0
  return operation.startsWith('delete') ? 2 : 1
}
