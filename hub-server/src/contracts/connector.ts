import { Type, type Static } from 'typebox'
import { Count, Id, Line, ListOf, MapOf, Text, Url } from './bounded.ts'

/** One thing that a connector asks for, e.g. an API key. */
export const AuthField = Type.Object({
  name: Line(),
  label: Line(),
  help: Type.Optional(Text({ description: 'Where to find it' })),
  secret: Type.Optional(Type.Boolean()),
  optional: Type.Optional(Type.Boolean()),
  default: Type.Optional(Line()),
  options: Type.Optional(
    ListOf(Type.Object({ value: Line(), label: Line() }), {
      description: 'What there is to choose from; absent: anything',
    }),
  ),
  if: Type.Optional(
    MapOf(Line(), {
      description: 'Asked for only where these fields have these values, such as the chosen way to log in',
    }),
  ),
})
export type AuthField = Static<typeof AuthField>

/** An outside service, as it is shown. */
export const ShownConnector = Type.Object({
  id: Id(),
  name: Line(),
  description: Type.Optional(Text()),
  docs: Url({ description: 'The vendor’s own page' }),
  groups: ListOf(Line()),
  capabilities: ListOf(Line()),
  icon: Url({ description: 'Path on the hub, readable without a key' }),
  auth: Type.Object({
    fields: ListOf(AuthField),
    consent: Type.Optional(
      Type.Object(
        {
          redirectUri: Url({
            description: 'What to register at the vendor as the redirect address of your app',
          }),
          hasApp: Type.Boolean({ description: 'Whether your client id and secret are kept already' }),
        },
        { description: 'Where an account may be connected on the vendor’s own page' },
      ),
    ),
  }),
  prices: ListOf(
    Type.Object({
      capability: Id(),
      price: Count({ description: 'Micro-USD at most' }),
      results: Type.Optional(Count({ description: 'For so many results; absent: for one item' })),
    }),
    { description: 'What the service takes; nothing that it charges for and that is not here is known' },
  ),
  priceSource: Type.Optional(
    Type.Object({
      page: Type.Optional(Url()),
      on: Type.Optional(Line({ description: 'When it was read' })),
      note: Type.Optional(Text()),
    }),
  ),
  checked: Type.Optional(
    Type.Object(
      {
        against: Line({ description: 'official, sdk, docs or nothing' }),
        on: Type.Optional(Line({ description: 'The day, e.g. 2026-11-21' })),
        note: Type.Optional(Text()),
      },
      { description: 'What it was checked against, and when; absent: nothing' },
    ),
  ),
  connected: Type.Boolean({ description: 'Whether this workspace can use it in this mode' }),
})
export type ShownConnector = Static<typeof ShownConnector>

/** What is wrong with a connector of the person's own, or a file of it: that is left out until it is mended. */
export const ConnectorMistake = Type.Object({
  file: Line(),
  line: Count(),
  column: Count(),
  message: Text(),
  instead: Text({ description: 'What to write instead' }),
})
export type ConnectorMistake = Static<typeof ConnectorMistake>

export const Connectors = Type.Object({
  connectors: ListOf(ShownConnector),
  problems: ListOf(ConnectorMistake, {
    description: 'Your own connectors (CONNECTORS_DIR), or files of them, that were left out, and why',
  }),
})
export type Connectors = Static<typeof Connectors>
