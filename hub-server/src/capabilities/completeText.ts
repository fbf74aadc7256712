import { Type } from 'typebox'
import { Document, Id, MapOf, Text } from '../contracts/bounded.ts'
import { capability, exactKey } from './capability.ts'

export const completeText = capability({
  name: 'completeText',
  group: 'Text',
  description: 'Has a language model write a text, or answer in fields',
  effect: 'read',
  expiryDays: 30,
  input: Type.Object({
    prompt: Document({ minLength: 1 }),
    instructions: Type.Optional(Text({ description: 'What holds for every prompt: role, tone, what not to say' })),
    schema: Type.Optional(
      MapOf(Type.Unknown(), {
        description: 'JSON Schema of an object: the answer then comes in its fields',
      }),
    ),
    model: Type.Optional(Id({ description: 'The service’s own name of the model' })),
    maxTokens: Type.Integer({ minimum: 1, maximum: 32_000, default: 1000 }),
    temperature: Type.Optional(Type.Number({ minimum: 0, maximum: 2 })),
  }),
  output: Type.Object({
    text: Text(),
    values: Type.Optional(MapOf(Type.Unknown(), { description: 'The answer’s fields, where a schema was given' })),
    model: Type.Optional(Id()),
  }),
  key: exactKey,
})
