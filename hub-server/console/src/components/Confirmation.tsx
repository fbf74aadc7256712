import { useEffect, useId, useRef } from 'react'

interface Props {
  readonly account: string
  readonly busy: boolean
  readonly onConfirm: () => void
  readonly onCancel: () => void
}

/** Asks once more before an account is disconnected. The focus starts on the harmless answer. */
export const Confirmation = ({ account, busy, onConfirm, onCancel }: Props) => {
  const question = useId()
  const keep = useRef<HTMLButtonElement>(null)
  useEffect(() => keep.current?.focus(), [])
  return (
    <div className="confirmation" role="group" aria-labelledby={question}>
      <p id={question}>
        Disconnect <strong>{account}</strong>? The hub deletes its key, and blocks can no longer use this account.
      </p>
      <div className="buttons">
        <button type="button" className="button" ref={keep} onClick={onCancel}>
          Keep it
        </button>
        <button type="button" className="button danger" aria-disabled={busy} onClick={() => !busy && onConfirm()}>
          Yes, disconnect
        </button>
      </div>
    </div>
  )
}
