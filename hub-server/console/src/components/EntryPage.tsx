import { useEffect, useState, type FormEvent, type ReactNode } from 'react'
import iconUrl from '../icon.svg'
import { shownOf, type ShownProblem } from '../problem.ts'
import {
  choosePassword,
  describeMyself,
  forgotPassword,
  resetPassword,
  signIn,
  signInByLink,
  waysIn,
  type Session,
  type Ways,
} from '../session.ts'
import { Notice } from './Notice.tsx'
import { SecretInput } from './SecretInput.tsx'

/** Where a person goes on: a page of this hub, never another's. */
const nextPage = (): string => {
  const next = new URLSearchParams(window.location.search).get('next') ?? ''
  const { origin } = window.location
  const address = URL.canParse(next, origin) ? new URL(next, origin) : undefined
  // The whole address: a path like //elsewhere would be another host.
  return address?.origin === origin && next.startsWith('/') ? address.href : `${origin}/connect`
}

const pathOf = (address: string): string => {
  const { pathname, search } = new URL(address)
  return pathname + search
}

const goOn = (): void => window.location.replace(nextPage())

/** The secret of a link, out of the address bar and its history. */
const takeLink = (): string => {
  const { hash, pathname, search } = window.location
  window.history.replaceState(null, '', pathname + search)
  return hash.slice(1)
}

interface FrameProps {
  readonly lead: string
  readonly problem?: ShownProblem
  readonly told?: string
  readonly children?: ReactNode
}

const Frame = ({ lead, problem, told, children }: FrameProps) => (
  <main className="narrow">
    <img className="big-icon" src={iconUrl} alt="" width={56} height={56} />
    <h1>AI-Now Hub</h1>
    <p className="lead">{lead}</p>
    <div aria-live="polite">
      {problem && <Notice tone="bad" title={titleOf(problem)} text={problem.detail} advice={problem.advice} />}
      {told !== undefined && <Notice tone="good" title="Done" text={told} />}
    </div>
    {children}
  </main>
)

const titleOf = ({ kind, title }: ShownProblem): string => (kind === 'unauthorized' ? 'You are not signed in' : title)

interface FieldProps {
  readonly name: string
  readonly label: string
  readonly type: 'email' | 'text'
  readonly value?: string
}

const Field = ({ name, label, type, value }: FieldProps) => (
  <div className="field">
    <label htmlFor={name}>{label}</label>
    <input
      id={name}
      name={name}
      type={type}
      required
      defaultValue={value}
      autoComplete={name === 'email' ? 'username' : name}
    />
  </div>
)

const PasswordField = ({ label, help }: { readonly label: string; readonly help?: string }) => (
  <div className="field">
    <label htmlFor="password">{label}</label>
    <SecretInput id="password" name="password" label={label} describedBy={help && 'password-help'} />
    {help && (
      <p className="help" id="password-help">
        {help}
      </p>
    )}
  </div>
)

const fieldOf = (event: FormEvent<HTMLFormElement>, name: string): string =>
  String(new FormData(event.currentTarget).get(name) ?? '')

const goodPassword = 'At least ten characters. Several words that nobody guesses are best.'

/** Runs what a form asks for, and shows what went wrong. */
const useTask = () => {
  const [problem, setProblem] = useState<ShownProblem>()
  const [busy, setBusy] = useState(false)
  const run = (task: () => Promise<void>): void => {
    setBusy(true)
    setProblem(undefined)
    task()
      .catch((thrown: unknown) => setProblem(shownOf(thrown)))
      .finally(() => setBusy(false))
  }
  return { problem, busy, run }
}

/** /sign-in */
const SignIn = () => {
  const [ways, setWays] = useState<Ways>({ mail: false })
  const [told, setTold] = useState<string>()
  const { problem, busy, run } = useTask()
  useEffect(() => {
    waysIn().then(setWays, () => undefined)
  }, [])
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const [email, password] = [fieldOf(event, 'email'), fieldOf(event, 'password')]
    run(async () => {
      await signIn(email, password)
      goOn()
    })
  }
  const forget = (): void => {
    const email = document.querySelector<HTMLInputElement>('#email')?.value ?? ''
    run(async () => {
      await forgotPassword(email)
      setTold('If somebody has this address here, a link is on its way to it.')
    })
  }
  return (
    <Frame lead="Sign in." problem={problem} told={told}>
      {ways.outside && (
        <p>
          <a className="button primary" href={`${ways.outside.path}?to=${encodeURIComponent(pathOf(nextPage()))}`}>
            Sign in with {ways.outside.name}
          </a>
        </p>
      )}
      <form className="panel form" onSubmit={submit}>
        <Field name="email" label="E-mail" type="email" />
        <PasswordField label="Password" />
        <button className="button primary" type="submit" disabled={busy}>
          Sign in
        </button>
        {ways.mail && (
          <button className="link" type="button" onClick={forget} disabled={busy}>
            I have forgotten my password
          </button>
        )}
      </form>
      <p className="aside">
        No password, or lost it? On the hub’s machine <code>./hub sign-in-link</code> prints a link that signs you in.
      </p>
    </Frame>
  )
}

/** /welcome: a link that signs in once; who has no password yet chooses one. */
const Welcome = () => {
  const [session, setSession] = useState<Session>()
  const { problem, busy, run } = useTask()
  useEffect(() => {
    const link = takeLink()
    // A second look at the page (a reload) has no link any more.
    if (link === '') return goOn()
    run(async () => {
      const begun = await signInByLink(link)
      if (begun.needsPassword) setSession(begun)
      else goOn()
    })
  }, [])
  if (!session)
    return <Frame lead={problem ? 'This link does not sign you in.' : 'Signing you in …'} problem={problem} />
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const about = { name: fieldOf(event, 'name'), email: fieldOf(event, 'email') }
    const password = fieldOf(event, 'password')
    run(async () => {
      await describeMyself(session.csrf, about)
      await choosePassword(session.csrf, password)
      goOn()
    })
  }
  return (
    <Frame lead="You are signed in. So that you can come back, say who you are." problem={problem}>
      <form className="panel form" onSubmit={submit}>
        <Field name="name" label="Name" type="text" value={session.person.name} />
        <Field name="email" label="E-mail" type="email" value={session.person.email ?? ''} />
        <PasswordField label="Password" help={goodPassword} />
        <button className="button primary" type="submit" disabled={busy}>
          Save
        </button>
        <a className="link" href="/connect">
          Not now
        </a>
      </form>
    </Frame>
  )
}

/** /reset: another password, with a link that is good once. */
const Reset = () => {
  const [link] = useState(takeLink)
  const { problem, busy, run } = useTask()
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const password = fieldOf(event, 'password')
    run(async () => {
      await resetPassword(link, password)
      goOn()
    })
  }
  return (
    <Frame lead="Choose another password. Wherever you are signed in, that ends." problem={problem}>
      <form className="panel form" onSubmit={submit}>
        <PasswordField label="New password" help={goodPassword} />
        <button className="button primary" type="submit" disabled={busy}>
          Save
        </button>
      </form>
    </Frame>
  )
}

const pages: Readonly<Record<string, () => ReactNode>> = { '/sign-in': SignIn, '/welcome': Welcome, '/reset': Reset }

/** The page at an address by which people come in; undefined for every other. */
export const entryPageAt = (path: string): (() => ReactNode) | undefined =>
  Object.hasOwn(pages, path) ? pages[path] : undefined
