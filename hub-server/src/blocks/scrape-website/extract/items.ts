/** A thing described by structured data, whichever of the three syntaxes it came in. */
export interface Item {
  /** schema.org names without their prefix: "LocalBusiness" */
  types: string[]
  id?: string
  props: Map<string, Value[]>
  source: 'json-ld' | 'microdata'
}
export type Value = string | Item

export function addValue(item: Item, name: string, value: Value): void {
  const values = item.props.get(name)
  if (values) values.push(value)
  else item.props.set(name, [value])
}

/** "https://schema.org/Person", "schema:Person" and "Person" are all "Person". */
export function localName(name: string): string {
  return name.trim().replace(/^.*[/#:]/, '')
}

/** The first text of a property; of a nested thing, its name. */
export function textOf(item: Item, name: string): string | undefined {
  return textsOf(item, name)[0]
}

export function textsOf(item: Item, name: string): string[] {
  return (item.props.get(name) ?? [])
    .map((value) =>
      typeof value === 'string'
        ? value
        : ((value.props.get('name') ?? value.props.get('value') ?? []).find((inner) => typeof inner === 'string') ??
          ''),
    )
    .map((value) => value.trim())
    .filter(Boolean)
}

export function itemsOf(item: Item, name: string): Item[] {
  return (item.props.get(name) ?? []).filter((value): value is Item => typeof value !== 'string')
}
