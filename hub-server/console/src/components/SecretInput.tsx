import { useState } from 'react'

interface Props {
  readonly id: string
  readonly name: string
  /** What it is, for the button's name: “Show API key”. */
  readonly label: string
  readonly placeholder?: string
  readonly describedBy?: string
  readonly invalid?: boolean
  readonly autoFocus?: boolean
}

/**
 * A masked input with a button that shows what was typed. Uncontrolled on purpose: React would copy the value of
 * a controlled input into the page's `value` attribute.
 */
export const SecretInput = ({ id, name, label, placeholder, describedBy, invalid, autoFocus }: Props) => {
  const [shown, setShown] = useState(false)
  return (
    <div className="secret">
      <input
        id={id}
        name={name}
        type={shown ? 'text' : 'password'}
        placeholder={placeholder}
        aria-describedby={describedBy}
        aria-invalid={invalid}
        // Browsers ignore “off” for passwords; this keeps them from filling in or offering another site's.
        autoComplete="new-password"
        autoCapitalize="none"
        spellCheck={false}
        autoFocus={autoFocus}
      />
      <button
        type="button"
        className="button"
        aria-pressed={shown}
        aria-label={`Show ${label}`}
        onClick={() => setShown(!shown)}
      >
        {shown ? 'Hide' : 'Show'}
      </button>
    </div>
  )
}
