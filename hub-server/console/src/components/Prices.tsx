import type { Connector, Mode } from '../types.ts'
import { pricesInWords, priceSourceInWords } from '../words/prices.ts'

/** What the service takes for what it does, and where that is from. */
export const Prices = ({ connector, mode }: { connector: Connector; mode: Mode }) => (
  <div className="prices">
    <dl>
      {pricesInWords(connector).map(({ what, price }) => (
        <div key={what}>
          <dt>{what}</dt>
          <dd>{price}</dd>
        </div>
      ))}
    </dl>
    <p className="help">
      {priceSourceInWords(connector, mode)}{' '}
      {connector.priceSource?.page && (
        <a href={connector.priceSource.page} target="_blank" rel="noreferrer">
          Its prices
        </a>
      )}
    </p>
  </div>
)
