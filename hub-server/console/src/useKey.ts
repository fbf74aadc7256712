import { useEffect, useState } from 'react'
import { forgetKey, storedKey, storeKey, takeKeyFromAddress } from './key.ts'

/** The API key of this tab, from the address, from storage or from the person. */
export const useKey = () => {
  const [key, setKey] = useState(() => {
    takeKeyFromAddress()
    return storedKey()
  })

  // A new launcher link opened in this tab changes only the fragment: the page is not loaded again.
  useEffect(() => {
    const read = () => {
      takeKeyFromAddress()
      setKey(storedKey())
    }
    window.addEventListener('hashchange', read)
    return () => window.removeEventListener('hashchange', read)
  }, [])

  return {
    key,
    use: (next: string) => {
      storeKey(next)
      setKey(next)
    },
    forget: () => {
      forgetKey()
      setKey(null)
    },
  }
}
