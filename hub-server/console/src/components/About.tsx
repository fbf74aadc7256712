import type { Connector, Mode } from '../types.ts'
import { capabilitiesInWords } from '../words/capabilities.ts'
import { checkedInWords } from '../words/checked.ts'
import { Prices } from './Prices.tsx'

const isWebAddress = (text: string): boolean => /^https?:\/\//.test(text)

/** What a service is, what it can do, where its own pages are, and how well it was checked. */
export const About = ({ connector, mode }: { connector: Connector; mode: Mode }) => (
  <div className="about">
    {connector.description && <p>{connector.description}</p>}
    <ul className="can">
      {capabilitiesInWords(connector.capabilities).map((each) => (
        <li key={each}>{each}</li>
      ))}
    </ul>
    <Prices connector={connector} mode={mode} />
    <p className="help">{checkedInWords(connector)}</p>
    {isWebAddress(connector.docs) && (
      <p>
        <a href={connector.docs} target="_blank" rel="noreferrer">
          {connector.name}’s own page
        </a>{' '}
        <span className="help">(opens in a new tab)</span>
      </p>
    )}
    {mode === 'test' && (
      <p className="test-note">
        You are in Test: the sandbox plays {connector.name}. Its answers are made up, nothing is connected and nothing
        is paid. You need no account here; one that you try out below is known to the sandbox alone and is not used in
        Live.
      </p>
    )}
  </div>
)
