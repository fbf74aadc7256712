import { Component, type ReactNode } from 'react'
import { shownOf, type ShownProblem } from '../problem.ts'
import { Notice } from './Notice.tsx'

/** Says what happened instead of leaving an empty page when a component fails. */
export class Boundary extends Component<{ children: ReactNode }, { problem?: ShownProblem }> {
  override state: { problem?: ShownProblem } = {}

  static getDerivedStateFromError(thrown: unknown): { problem: ShownProblem } {
    return { problem: shownOf(thrown) }
  }

  override render() {
    const { problem } = this.state
    if (!problem) return this.props.children
    return (
      <main className="narrow">
        <Notice tone="bad" title={problem.title} text={problem.detail} advice={problem.advice}>
          <button type="button" className="button" onClick={() => window.location.reload()}>
            Load the page again
          </button>
        </Notice>
      </main>
    )
  }
}
