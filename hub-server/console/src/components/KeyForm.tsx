import { useState, type FormEvent } from 'react'
import iconUrl from '../icon.svg'
import { keyIn } from '../key.ts'
import type { ShownProblem } from '../problem.ts'
import type { Outcome } from '../words/outcomes.ts'
import { Notice } from './Notice.tsx'
import { SecretInput } from './SecretInput.tsx'

interface Props {
  /** Why the last key did not open the hub. */
  readonly refusal?: ShownProblem
  readonly onKey: (key: string) => void
}

const notAKey: Outcome = {
  tone: 'bad',
  title: 'This is not a key of a hub',
  text: 'A key begins with ainow_test_ or ainow_live_.',
  advice: 'Open keys.json in the hub’s data folder and copy one of the two keys.',
}

/** What a person sees who opens the page without a key. */
export const KeyForm = ({ refusal, onKey }: Props) => {
  const [malformed, setMalformed] = useState(false)
  const shown: Outcome | undefined = malformed
    ? notAKey
    : refusal && { tone: 'bad', title: refusal.title, text: refusal.detail, advice: refusal.advice }

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const key = keyIn(String(new FormData(event.currentTarget).get('key') ?? ''))
    setMalformed(!key)
    if (key) onKey(key)
  }

  return (
    <main className="narrow">
      <img className="big-icon" src={iconUrl} alt="" width={56} height={56} />
      <h1>AI-Now Hub</h1>
      <p className="lead">Connect your accounts at outside services. To open this page, paste a key of your hub.</p>
      <div aria-live="polite">{shown && <Notice {...shown} />}</div>
      <form className="panel form" onSubmit={submit} noValidate>
        <div className="field">
          <label htmlFor="key">Key</label>
          <SecretInput id="key" name="key" label="Key" describedBy="key-help" placeholder="ainow_live_…" autoFocus />
          <p className="help" id="key-help">
            It stands in <code>keys.json</code> in the hub’s data folder: <strong>live</strong> to connect real
            accounts, <strong>test</strong> to look around in the sandbox. This browser tab forgets it when you close
            it.
          </p>
        </div>
        <button className="button primary" type="submit">
          Open
        </button>
      </form>
      <p className="aside">
        Or <a href="/sign-in">sign in</a>.
      </p>
      <p className="aside">
        Easier: start the hub with <code>./hub up</code> and click the link that it prints. The key is in it.
      </p>
    </main>
  )
}
