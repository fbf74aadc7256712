import type { Connector, Mode } from '../types.ts'
import { capabilitiesInWords } from '../words/capabilities.ts'
import { checkedInWords } from '../words/checked.ts'

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
    <p className="help">{checkedInWords(connector.checked)}</p>
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
        You are in Test: the sandbox answers for {connector.name} and no account is needed. An account that you connect here is not
        used in Live.
      </p>
    )}
  </div>
)
