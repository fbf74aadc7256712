/** The page's outline while the hub is asked. */
export const Loading = () => (
  <main className="page">
    <p className="loading" role="status">
      <span className="spinner" aria-hidden="true" />
      Asking the hub what it can connect …
    </p>
    <ul className="cards" aria-hidden="true">
      {[1, 2, 3, 4, 5, 6].map((each) => (
        <li key={each} className="card skeleton" />
      ))}
    </ul>
  </main>
)
