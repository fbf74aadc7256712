/**
 * A table for the terminal. Cells that do not fit their column are cut with “…”.
 * @param most the widest a column may be, in characters, in the order of the columns
 */
export function table(columns: string[], cells: string[][], most: number[]): string {
  const rows = cells.map((row) => row.map(plain))
  const widths = columns.map((title, at) => {
    const longest = Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0))
    return Math.min(longest, most[at] ?? longest)
  })
  const line = (row: string[]): string =>
    widths
      .map((width, at) => fit(row[at] ?? '', width))
      .join('  ')
      .trimEnd()
  return [line(columns), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)].join('\n')
}

/** One line, and none of the terminal's control characters: a cell may hold what stood on a website. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim()
}

function fit(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width)
}
