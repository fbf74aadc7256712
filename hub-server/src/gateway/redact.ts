import { redactorFor, type Redactor } from '../connectors/index.ts'
import type { ErrorValue } from '../contracts/errors.ts'
import type { Provider } from './providers.ts'

export type { Redactor }

type Account = Pick<Provider, 'connector' | 'connection'>

/** Blacks out an account's secrets: some vendors repeat the key in what they answer. */
export const redactorOf = ({ connector, connection }: Account): Redactor => redactorFor(connector, connection.fields)

/** An error as it may be told: what it says, and what it advises, without the account's secrets. */
export const withoutSecrets = (account: Account, error: ErrorValue): ErrorValue => {
  const { words, answer } = redactorOf(account)
  return { ...error, message: words(error.message), advice: answer(error.advice) }
}
