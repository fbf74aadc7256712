/**
 * Who works where, as arithmetic: ten companies in a row have fifty people, one to nine each, in an order that changes
 * from row to row. So a person's company, and a company's people, are found without a list.
 */
const sizes = [4, 7, 2, 9, 5, 1, 6, 3, 8, 5]
const companiesPerRow = sizes.length
const peoplePerRow = sizes.reduce((sum, size) => sum + size, 0)

/** For each turn of the order: where each company's people begin, and the end. */
const startsOfTurn = sizes.map((_, turn) => {
  const starts = [0]
  for (let at = 0; at < companiesPerRow; at++)
    starts.push((starts[at] ?? 0) + (sizes[(at + turn) % companiesPerRow] ?? 0))
  return starts
})

const startsOf = (row: number): readonly number[] => startsOfTurn[row % companiesPerRow] ?? []

/** The people of a company: the index of the first, and how many. */
export const peopleOf = (company: number): { first: number; count: number } => {
  const row = Math.floor(company / companiesPerRow)
  const at = company % companiesPerRow
  const starts = startsOf(row)
  const start = starts[at] ?? 0
  return { first: row * peoplePerRow + start, count: (starts[at + 1] ?? 0) - start }
}

/** The company of a person, and the person's place in it (0 leads it). */
export const placeOf = (person: number): { company: number; slot: number } => {
  const row = Math.floor(person / peoplePerRow)
  const inRow = person % peoplePerRow
  const starts = startsOf(row)
  let at = 0
  while ((starts[at + 1] ?? peoplePerRow) <= inRow) at++
  return { company: row * companiesPerRow + at, slot: inRow - (starts[at] ?? 0) }
}

/** How many people the first companies have. Shape: exact for a multiple of ten companies. */
export const peopleAt = (companies: number): number => peopleOf(companies).first
