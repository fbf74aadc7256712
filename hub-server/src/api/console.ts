import { existsSync } from 'node:fs'
import { join } from 'node:path'
import express, { type RequestHandler } from 'express'

/** The web page, as Vite built it. */
export const consolePage = (folder: string): RequestHandler => {
  const router = express.Router()
  router.use('/connect', express.static(folder, { index: false, redirect: false, maxAge: '1h' }))
  router.get(['/connect', '/connect/', '/sign-in', '/welcome', '/reset'], (_request, response) => {
    const page = join(folder, 'index.html')
    if (existsSync(page)) response.setHeader('Cache-Control', 'no-cache').sendFile(page, { dotfiles: 'allow' })
    else response.status(404).type('text').send('The page was not built. Start the hub with ./hub up, which builds it.')
  })
  router.get('/', (_request, response) => response.redirect('/connect'))
  return router
}
