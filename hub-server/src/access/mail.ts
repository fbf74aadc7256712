import { HubError } from '../contracts/errors.ts'
import type { Purpose } from './one-time-links.ts'

export interface MailSettings {
  /** smtp:// or smtps://, with user and password where the server wants them. */
  readonly url: string
  readonly from: string
}

const words: Readonly<Record<Purpose, { readonly subject: string; readonly text: string; readonly path: string }>> = {
  welcome: {
    subject: 'You are invited to AI-Now Hub',
    text: 'Somebody has invited you. Open this link to sign in and to choose a password. It is good once, for a day:',
    path: '/welcome',
  },
  reset: {
    subject: 'Another password for AI-Now Hub',
    text:
      'Somebody, most likely you, asked for another password. Open this link to choose one. It is good once, for an ' +
      'hour. If it was not you, there is nothing to do:',
    path: '/reset',
  },
}

/** Where a link leads. The secret stands behind the #: it is sent to no server and stands in no log. */
export const linkTo = (publicUrl: string, purpose: Purpose, secret: string): string =>
  `${publicUrl}${words[purpose].path}#${secret}`

/** Sends links by the operator's own mail server. */
export const createMail =
  ({ url, from }: MailSettings, publicUrl: string) =>
  async (to: string, purpose: Purpose, secret: string): Promise<void> => {
    const { createTransport } = await import('nodemailer')
    const transport = createTransport({ url, connectionTimeout: 10_000, socketTimeout: 20_000 })
    const { subject, text } = words[purpose]
    try {
      await transport.sendMail({ from, to, subject, text: `${text}\n\n${linkTo(publicUrl, purpose, secret)}\n` })
    } catch (cause) {
      throw new HubError('unavailable', 'The mail with the link could not be sent.', {
        advice: 'Check MAIL_URL and MAIL_FROM; ./hub sign-in-link makes a link without mail.',
        cause,
      })
    } finally {
      transport.close()
    }
  }
