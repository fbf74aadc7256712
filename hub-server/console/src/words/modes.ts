import type { Mode } from '../types.ts'

export const modeInWords: Readonly<Record<Mode, { readonly name: string; readonly means: string }>> = {
  live: { name: 'Live', means: 'Outside services are really called and may cost money.' },
  test: {
    name: 'Test',
    means: 'The sandbox answers; nothing leaves this machine, no account needed. Answers are made up and cost nothing.',
  },
}
