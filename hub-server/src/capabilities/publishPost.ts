import { Type } from 'typebox'
import { capability, exactKey } from './capability.ts'

export const publishPost = capability({
  name: 'publishPost',
  group: 'Reach',
  description: 'Publishes a post in a social network',
  effect: 'send',
  expiryDays: 0,
  input: Type.Object({
    text: Type.String({ minLength: 1 }),
    author: Type.Optional(
      Type.String({ description: 'The network’s own id of the page or account that speaks, where you have several' }),
    ),
    link: Type.Optional(Type.String({ description: 'Address of a page to show under the text' })),
    title: Type.Optional(Type.String({ description: 'Heading of the link' })),
    image: Type.Optional(Type.String({ description: 'Public address of a picture' })),
  }),
  output: Type.Object({
    id: Type.String({ description: 'The network’s own id of the post' }),
    url: Type.Optional(Type.String()),
  }),
  key: exactKey,
})
