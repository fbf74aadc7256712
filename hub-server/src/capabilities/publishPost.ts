import { Type } from 'typebox'
import { Id, Line, Text, Url } from '../contracts/bounded.ts'
import { capability, exactKey } from './capability.ts'

export const publishPost = capability({
  name: 'publishPost',
  group: 'Reach',
  description: 'Publishes a post in a social network',
  effect: 'send',
  expiryDays: 0,
  input: Type.Object({
    text: Text({ minLength: 1 }),
    author: Type.Optional(
      Id({ description: 'The network’s own id of the page or account that speaks, where you have several' }),
    ),
    link: Type.Optional(Url({ description: 'Address of a page to show under the text' })),
    title: Type.Optional(Line({ description: 'Heading of the link' })),
    image: Type.Optional(Url({ description: 'Public address of a picture' })),
  }),
  output: Type.Object({
    id: Id({ description: 'The network’s own id of the post' }),
    url: Type.Optional(Url()),
  }),
  key: exactKey,
})
