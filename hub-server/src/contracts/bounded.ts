import {
  Type,
  type TArray,
  type TArrayOptions,
  type TInteger,
  type TNumber,
  type TNumberOptions,
  type TObjectOptions,
  type TSchema,
  type TString,
  type TStringOptions,
} from 'typebox'

/**
 * Fields with a length. Every text, list, map and number that goes in or out has one, so that OpenAPI says it and
 * nobody can hold the hub up with a field of megabytes; `bounded.test.ts` finds those without.
 * Lengths are in characters, as JSON Schema counts them.
 */
export const lengths = {
  /** An id, ours or an outside service's; a name of ours. */
  id: 500,
  /** A name, a title, a city, a number to call. */
  line: 1_000,
  /** Longer ones are cut off by browsers and servers: https://www.rfc-editor.org/rfc/rfc9110#section-4.1 */
  url: 8_000,
  /** A description, a message, a sentence with what stands around it. */
  text: 100_000,
  /** A page, a picture in base64. */
  document: 5_000_000,
  entries: 1_000,
  manyEntries: 100_000,
} as const

/** What Postgres calls an integer: positions of items, counts of one run. */
export const greatestInteger = 2_147_483_647

const greatest = Number.MAX_SAFE_INTEGER

export const Id = (about: TStringOptions = {}): TString => Type.String({ maxLength: lengths.id, ...about })
export const Line = (about: TStringOptions = {}): TString => Type.String({ maxLength: lengths.line, ...about })
export const Url = (about: TStringOptions = {}): TString => Type.String({ maxLength: lengths.url, ...about })
export const Text = (about: TStringOptions = {}): TString => Type.String({ maxLength: lengths.text, ...about })
export const Document = (about: TStringOptions = {}): TString => Type.String({ maxLength: lengths.document, ...about })
/** A moment as RFC 3339 writes it. */
export const Moment = (about: TStringOptions = {}): TString =>
  Type.String({ format: 'date-time', maxLength: 40, ...about })

/** 0, 1, 2 … */
export const Count = (about: TNumberOptions = {}): TInteger => Type.Integer({ minimum: 0, maximum: greatest, ...about })
/** A whole number that may be below zero, as outside services give them. */
export const Whole = (about: TNumberOptions = {}): TInteger =>
  Type.Integer({ minimum: -greatest, maximum: greatest, ...about })
export const Real = (about: TNumberOptions = {}): TNumber =>
  Type.Number({ minimum: -greatest, maximum: greatest, ...about })

export const ListOf = <Entry extends TSchema>(entry: Entry, about: TArrayOptions = {}): TArray<Entry> =>
  Type.Array(entry, { maxItems: lengths.entries, ...about })
/** Name → value. */
export const MapOf = <Value extends TSchema>(value: Value, about: TObjectOptions = {}) =>
  Type.Record(Type.String(), value, { maxProperties: lengths.entries, ...about })
