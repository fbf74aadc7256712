import { useId } from 'react'
import { nameOfAccount } from '../readAccount.ts'

/** What the person calls the account: matters only with several at one service. */
export const NameInput = ({ known, service }: { known?: string; service: string }) => {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>
        Name of this account <span className="optional">optional</span>
      </label>
      <input
        id={id}
        name={nameOfAccount}
        defaultValue={known}
        maxLength={100}
        placeholder={service}
        aria-describedby={`${id}-help`}
        autoComplete="off"
      />
      <p className="help" id={`${id}-help`}>
        Your own word for it, to tell several accounts apart.
      </p>
    </div>
  )
}
