import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './App.tsx'
import { Boundary } from './components/Boundary.tsx'
import { entryPageAt } from './components/EntryPage.tsx'
import './styles.css'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')

const Page = entryPageAt(window.location.pathname) ?? App

createRoot(root).render(
  <StrictMode>
    <Boundary>
      <Page />
    </Boundary>
  </StrictMode>,
)
