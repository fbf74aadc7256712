import { useId } from 'react'
import { fieldName } from '../readAccount.ts'
import type { AuthField, Connector } from '../types.ts'
import { choiceInWords } from '../words/choices.ts'
import { LinkedText } from './LinkedText.tsx'
import { SecretInput } from './SecretInput.tsx'

interface Props {
  readonly field: AuthField
  readonly connector: Connector
  /** The value that is set now, where it is not secret. */
  readonly known?: string
  /** What is wrong with what was filled in. */
  readonly fault?: string
}

/** One thing that a connector asks for, with where to find it. */
export const AuthFieldInput = ({ field, connector, known, fault }: Props) => {
  const id = useId()
  const { label, secret, help, where, optional, placeholder, options } = field
  const common = {
    id,
    name: fieldName(field.name),
    'aria-describedby': `${id}-help`,
    'aria-invalid': fault !== undefined,
  }
  const start = known ?? field.default
  return (
    <div className="field">
      <label htmlFor={id}>
        {label} {optional && <span className="optional">optional</span>}
      </label>
      {options ? (
        <select {...common} defaultValue={start ?? ''}>
          {start === undefined && <option value="">{optional ? 'Not set' : 'Please choose'}</option>}
          {options.map(({ value, label: words }) => (
            <option key={value} value={value}>
              {choiceInWords(words)}
            </option>
          ))}
        </select>
      ) : secret ? (
        <SecretInput
          id={id}
          name={common.name}
          label={label}
          placeholder={placeholder}
          describedBy={`${id}-help`}
          invalid={fault !== undefined}
        />
      ) : (
        <input
          {...common}
          defaultValue={start}
          placeholder={placeholder}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
        />
      )}
      <div className="help" id={`${id}-help`}>
        {fault && <p className="fault">{fault}</p>}
        {help && (
          <p>
            <LinkedText text={help} />
          </p>
        )}
        {where && (
          <p>
            Where to find it at {connector.name}: <LinkedText text={where} />
          </p>
        )}
      </div>
    </div>
  )
}
