import { Type, type Static } from 'typebox'
import { Document, Line, ListOf, MapOf } from './bounded.ts'

/** How a file that came in was written, so that its results are written the same way. */
export const FileForm = Type.Union([
  Type.Object({
    type: Type.Literal('csv'),
    /** Whether it began with a byte order mark. */
    marked: Type.Boolean(),
    delimiter: Type.String({ maxLength: 1 }),
    lineEnd: Type.String({ maxLength: 2 }),
    /** Whether all cells stand in quotes, also those that need none. */
    quoted: Type.Boolean(),
    /** The first line as it stands, without its end. */
    header: Document(),
    /** For each column, the names under which its values went into the items. */
    columns: ListOf(ListOf(Line())),
  }),
  Type.Object({
    type: Type.Literal('jsonl'),
    /** Name in the items → name in the file, where they differ. */
    renamed: MapOf(Line()),
  }),
])
export type FileForm = Static<typeof FileForm>
export type CsvForm = Extract<FileForm, { type: 'csv' }>
