import { Type, type Static } from 'typebox'

/** One thing that a connector asks for, e.g. an API key. */
export const AuthField = Type.Object({
  name: Type.String(),
  label: Type.String(),
  help: Type.Optional(Type.String({ description: 'Where to find it' })),
  secret: Type.Optional(Type.Boolean()),
  optional: Type.Optional(Type.Boolean()),
  default: Type.Optional(Type.String()),
  options: Type.Optional(
    Type.Array(Type.Object({ value: Type.String(), label: Type.String() }), {
      description: 'What there is to choose from; absent: anything',
    }),
  ),
  if: Type.Optional(
    Type.Record(Type.String(), Type.String(), {
      description: 'Asked for only where these fields have these values, such as the chosen way to log in',
    }),
  ),
})
export type AuthField = Static<typeof AuthField>

/** An outside service, as it is shown. */
export const ShownConnector = Type.Object({
  id: Type.String(),
  name: Type.String(),
  description: Type.Optional(Type.String()),
  docs: Type.String({ description: 'The vendor’s own page' }),
  groups: Type.Array(Type.String()),
  capabilities: Type.Array(Type.String()),
  icon: Type.String({ description: 'Path on the hub, readable without a key' }),
  auth: Type.Object({
    fields: Type.Array(AuthField),
    consent: Type.Optional(
      Type.Object(
        {
          redirectUri: Type.String({
            description: 'What to register at the vendor as the redirect address of your app',
          }),
          hasApp: Type.Boolean({ description: 'Whether your client id and secret are kept already' }),
        },
        { description: 'Where an account may be connected on the vendor’s own page' },
      ),
    ),
  }),
  prices: Type.Array(
    Type.Object({
      capability: Type.String(),
      price: Type.Integer({ description: 'Micro-USD at most' }),
      results: Type.Optional(Type.Integer({ description: 'For so many results; absent: for one item' })),
    }),
    { description: 'What the service takes; nothing that it charges for and that is not here is known' },
  ),
  priceSource: Type.Optional(
    Type.Object({
      page: Type.Optional(Type.String()),
      on: Type.Optional(Type.String({ description: 'When it was read' })),
      note: Type.Optional(Type.String()),
    }),
  ),
  checked: Type.Optional(
    Type.Object(
      {
        against: Type.String({ description: 'official, sdk, docs or nothing' }),
        on: Type.Optional(Type.String({ description: 'The day, e.g. 2026-11-21' })),
        note: Type.Optional(Type.String()),
      },
      { description: 'What it was checked against, and when; absent: nothing' },
    ),
  ),
  connected: Type.Boolean({ description: 'Whether this workspace can use it in this mode' }),
})
export type ShownConnector = Static<typeof ShownConnector>

/** What is wrong with a connector of the person's own, or a file of it: that is left out until it is mended. */
export const ConnectorMistake = Type.Object({
  file: Type.String(),
  line: Type.Integer(),
  column: Type.Integer(),
  message: Type.String(),
  instead: Type.String({ description: 'What to write instead' }),
})
export type ConnectorMistake = Static<typeof ConnectorMistake>

export const Connectors = Type.Object({
  connectors: Type.Array(ShownConnector),
  problems: Type.Array(ConnectorMistake, {
    description: 'Your own connectors (CONNECTORS_DIR), or files of them, that were left out, and why',
  }),
})
export type Connectors = Static<typeof Connectors>
