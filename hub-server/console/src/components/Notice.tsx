import type { ReactNode, Ref } from 'react'
import type { Outcome } from '../words/outcomes.ts'
import { ToneIcon } from './ToneIcon.tsx'

interface Props extends Outcome {
  readonly children?: ReactNode
  readonly ref?: Ref<HTMLDivElement>
}

/** What happened, and what to do about it. */
export const Notice = ({ tone, title, text, advice, children, ref }: Props) => (
  <div className={`notice ${tone}`} ref={ref} tabIndex={-1}>
    <ToneIcon tone={tone} />
    <div className="notice-words">
      <p className="notice-title">{title}</p>
      <p>{text}</p>
      {advice && (
        <p className="notice-advice">
          <strong>{tone === 'good' ? 'Next:' : 'What to do:'}</strong> {advice}
        </p>
      )}
      {children}
    </div>
  </div>
)
