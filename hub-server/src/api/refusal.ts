import { HubError } from '../contracts/errors.ts'

/** What is wrong with how something was sent: HTTP has statuses of its own for it. */
export class Refusal extends HubError {
  readonly status: 413 | 415

  constructor(status: Refusal['status'], message: string, more: ConstructorParameters<typeof HubError>[2] = {}) {
    super('invalid_input', message, more)
    this.status = status
  }
}
