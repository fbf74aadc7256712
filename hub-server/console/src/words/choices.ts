/** Ways to log in, as a person would say them; any other choice is shown as the service calls it. */
const words: Readonly<Record<string, string>> = {
  token: 'With a key that I paste',
  oauth: 'On the service’s own page',
  'service-account': 'With a user made for the hub (service account)',
  'client-credentials': 'As the app itself, without a person',
}

export const choiceInWords = (label: string): string => words[label] ?? label
