import type { ShownProblem } from '../problem.ts'
import { Notice } from './Notice.tsx'

interface Props {
  readonly problem: ShownProblem
  readonly onRetry: () => void
  readonly onLeave: () => void
}

/** The hub could not be asked. While it is not there, the page asks again by itself. */
export const LoadFailure = ({ problem, onRetry, onLeave }: Props) => (
  <main className="narrow">
    <h1>AI-Now Hub</h1>
    <div role="alert">
      <Notice
        tone="bad"
        title={problem.title}
        text={problem.detail}
        advice={
          problem.kind === 'offline'
            ? `${problem.advice} This page continues by itself as soon as the hub is there.`
            : problem.advice
        }
      >
        <p className="buttons">
          <button type="button" className="button primary" onClick={onRetry}>
            Try again
          </button>
          <button type="button" className="button" onClick={onLeave}>
            Use another key
          </button>
        </p>
      </Notice>
    </div>
  </main>
)
