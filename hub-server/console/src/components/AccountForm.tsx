import { useEffect, useRef, useState, type FormEvent } from 'react'
import { askedFields, fieldName, isOfApp, readAccount, type Faults } from '../readAccount.ts'
import type { AccountInput, Connection, Connector, Mode } from '../types.ts'
import { AuthFieldInput } from './AuthFieldInput.tsx'
import { ConsentSteps } from './ConsentSteps.tsx'
import { NameInput } from './NameInput.tsx'

interface Props {
  readonly connector: Connector
  readonly mode: Mode
  /** The account that the new one takes the place of. Its secrets are asked for again: the hub never tells them. */
  readonly replaced?: Connection
  /** What the hub said about single fields. */
  readonly faults: Faults
  readonly busy: boolean
  readonly onSubmit: (input: AccountInput) => void
  readonly onCancel?: () => void
}

const titleOf = (connector: Connector, mode: Mode, replaced: Connection | undefined, again: boolean): string => {
  if (again) return `Connect ${replaced?.name} again`
  if (replaced) return `Replace ${replaced.name}`
  return mode === 'test' ? `Try out connecting ${connector.name}` : `Connect ${connector.name}`
}

const submitWords = (replaced: Connection | undefined, again: boolean): string => {
  if (again) return 'Connect again'
  return replaced ? 'Replace' : 'Connect'
}

/** The form that a connector's auth fields make. */
export const AccountForm = ({ connector, mode, replaced, faults, busy, onSubmit, onCancel }: Props) => {
  const form = useRef<HTMLFormElement>(null)
  const [missing, setMissing] = useState<Faults>({})
  const shownFaults = { ...faults, ...missing }
  const [chosen, setChosen] = useState<Readonly<Record<string, string>>>(replaced?.fields ?? {})
  const fields = askedFields(connector, (name) => chosen[name])
  const again = replaced?.status === 'refused' || replaced?.status === 'needs_reconnect'
  const consent = fields.some(({ name }) => name === 'clientId') ? connector.auth.consent : undefined

  useEffect(() => {
    form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [faults, missing])

  /** What a choice decides about the other fields is known as soon as it is made. */
  const choose = ({ target }: FormEvent<HTMLFormElement>) => {
    const field =
      target instanceof HTMLSelectElement && connector.auth.fields.find(({ name }) => fieldName(name) === target.name)
    if (field) setChosen({ ...chosen, [field.name]: target.value })
  }

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (busy) return
    const read = readAccount(connector, new FormData(event.currentTarget))
    setMissing(read.missing)
    if (Object.keys(read.missing).length === 0) onSubmit(read.input)
  }

  return (
    <form ref={form} className="panel form" onSubmit={submit} onChange={choose} autoComplete="off" noValidate>
      <h3>{titleOf(connector, mode, replaced, again)}</h3>
      {consent && <ConsentSteps service={connector.name} {...consent} />}
      {fields.length === 0 && (
        <p className="help">{connector.name} asks for no key. Press Connect and the hub tests it.</p>
      )}
      {fields.map((each) => (
        <AuthFieldInput
          key={each.name}
          field={
            consent?.hasApp && isOfApp(each.name)
              ? { ...each, optional: true, help: 'Known already; fill in only to change it.' }
              : each
          }
          known={replaced?.fields[each.name]}
          fault={shownFaults[each.name]}
        />
      ))}
      <NameInput known={replaced?.name} service={connector.name} />
      <div className="buttons">
        <button type="submit" className="button primary" aria-disabled={busy}>
          {consent ? `Continue to ${connector.name}` : submitWords(replaced, again)}
        </button>
        {onCancel && (
          <button type="button" className="button" onClick={onCancel}>
            Cancel
          </button>
        )}
      </div>
      <p className="help">The hub seals secrets, shows them to nobody, and sends them only to {connector.name}.</p>
    </form>
  )
}
