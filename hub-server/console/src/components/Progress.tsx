import { useEffect, useRef } from 'react'
import type { Step } from '../useAccounts.ts'
import type { Outcome } from '../words/outcomes.ts'
import { Notice } from './Notice.tsx'

const inWords: Readonly<Record<Step, (service: string) => string>> = {
  saving: () => 'Saving, sealed …',
  leaving: (service) => `Opening ${service}’s own page …`,
  testing: (service) => `Asking ${service} whether it takes this account …`,
  removing: () => 'Disconnecting …',
}

interface Props {
  readonly step: Step | undefined
  readonly outcome: Outcome | undefined
  readonly service: string
}

/** What is going on and what came of it, read out by screen readers. */
export const Progress = ({ step, outcome, service }: Props) => {
  const notice = useRef<HTMLDivElement>(null)

  // On a small screen the result may be out of sight. The focus comes along where its element is gone.
  useEffect(() => {
    if (!outcome) return
    notice.current?.scrollIntoView({ block: 'nearest' })
    const focused = document.activeElement
    if (!focused || focused === document.body || focused instanceof HTMLDialogElement) notice.current?.focus()
  }, [outcome])

  return (
    <div className="progress" aria-live="polite">
      {step && (
        <p className="loading">
          <span className="spinner" aria-hidden="true" />
          {inWords[step](service)}
        </p>
      )}
      {!step && outcome && <Notice {...outcome} ref={notice} />}
    </div>
  )
}
