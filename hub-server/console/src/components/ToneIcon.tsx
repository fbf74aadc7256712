import type { Tone } from '../words/states.ts'

const drawings: Readonly<Record<Tone, string>> = {
  good: 'M4.500 8.500l2.500 2.500 4.500-5.500',
  bad: 'M8 4v5M8 11.500v.5',
  wait: 'M8 4.500V8l2.500 1.500',
  none: 'M5 8h6',
}

/** A sign beside a state, so that it does not depend on colour. */
export const ToneIcon = ({ tone }: { tone: Tone }) => (
  <svg className={`tone-icon ${tone}`} viewBox="0 0 16 16" aria-hidden="true">
    <circle cx="8" cy="8" r="7" />
    <path d={drawings[tone]} />
  </svg>
)
