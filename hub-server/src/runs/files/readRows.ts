import type { FileForm } from '../../contracts/file-form.ts'
import { csvRows } from './csvRows.ts'
import { jsonRows } from './jsonRows.ts'
import type { Row } from './limits.ts'
import type { Needs } from './needs.ts'
import { textOf } from './text.ts'

export interface FileShape {
  readonly type: 'csv' | 'jsonl'
  /**
   * {our field: their column}. A column that is not mapped is taken for the field of the same name (case, spaces,
   * dashes and underscores aside).
   */
  readonly map?: Readonly<Record<string, string>>
  /** The fields that the block reads. */
  readonly fields: readonly string[]
  /** What it cannot do without. */
  readonly needs?: Needs
  /** Is told how the file is written, before its last row is given. */
  readonly onForm?: (form: FileForm) => void
}

/**
 * The rows of a file as items, one after the other, in constant memory. A column that is no field is carried along
 * under its own name. A row that is not right has a `problem`, a sentence with its number as a spreadsheet shows it
 * (the header is row 1); the others go on.
 * @throws HubError invalid_input when the file as a whole cannot be read: not UTF-8 (nor UTF-16 with a mark), no
 * header, a column named twice, a mapped column that is not there, none for what the block needs, nothing in it, a row
 * over 8 MB in CSV. That may show only after rows were given.
 */
export const readRows = (body: AsyncIterable<Uint8Array>, shape: FileShape): AsyncIterable<Row> =>
  shape.type === 'csv' ? csvRows(textOf(body), shape) : jsonRows(textOf(body), shape)
