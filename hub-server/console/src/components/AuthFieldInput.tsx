import { useId } from 'react'
import { fieldName } from '../readAccount.ts'
import type { AuthField } from '../types.ts'
import { choiceInWords } from '../words/choices.ts'
import { LinkedText } from './LinkedText.tsx'
import { SecretInput } from './SecretInput.tsx'

interface Props {
  readonly field: AuthField
  /** The value that is set now, where it is not secret. */
  readonly known?: string
  /** What is wrong with what was filled in. */
  readonly fault?: string
}

interface ControlProps {
  readonly id: string
  readonly field: AuthField
  readonly start?: string
  readonly invalid: boolean
}

/** What is chosen from or typed into. */
const Control = ({ id, field, start, invalid }: ControlProps) => {
  const { label, secret, optional, options } = field
  const name = fieldName(field.name)
  const describedBy = `${id}-help`
  const common = { id, name, 'aria-describedby': describedBy, 'aria-invalid': invalid }
  if (options)
    return (
      <select {...common} defaultValue={start ?? ''}>
        {start === undefined && <option value="">{optional ? 'Not set' : 'Please choose'}</option>}
        {options.map(({ value, label: words }) => (
          <option key={value} value={value}>
            {choiceInWords(words)}
          </option>
        ))}
      </select>
    )
  if (secret) return <SecretInput id={id} name={name} label={label} describedBy={describedBy} invalid={invalid} />
  return <input {...common} defaultValue={start} autoComplete="off" autoCapitalize="none" spellCheck={false} />
}

/** One thing that a connector asks for, with where to find it. */
export const AuthFieldInput = ({ field, known, fault }: Props) => {
  const id = useId()
  const { label, help, optional } = field
  return (
    <div className="field">
      <label htmlFor={id}>
        {label} {optional && <span className="optional">optional</span>}
      </label>
      <Control id={id} field={field} start={known ?? field.default} invalid={fault !== undefined} />
      <div className="help" id={`${id}-help`}>
        {fault && <p className="fault">{fault}</p>}
        {help && (
          <p>
            <LinkedText text={help} />
          </p>
        )}
      </div>
    </div>
  )
}
