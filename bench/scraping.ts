/**
 * Pages a second, read behind the fence and in the hub's own process, as it was until November 2026.
 *   node bench/scraping.ts [--rounds 5] [--json]
 * The pages are those of the contacts yardstick, eight at a time, as Scrape Website reads eight websites at once; both
 * ways read every page in turn, after one round that warms up.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { readPage, type FetchedPage, type PageReading } from '../hub-server/src/blocks/scrape-website/read-page.ts'
import { fence, task } from '../hub-server/src/fence/index.ts'
import { tellConditions, type Conditions } from './shared/conditions.ts'
import { load, out, rounded, row } from './shared/figures.ts'
import { atOnce, median, timed } from './shared/processes.ts'
import { takeTurns, way, type Way } from './shared/turns.ts'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, json: { type: 'boolean', default: false } },
})
const rounds = Number(values.rounds)
const concurrency = 8
const bounds = { fencedByOwn: { least: 0.8 } }

const conditions: Conditions = {
  madeUp: ['nothing: real pages that were saved'],
  switchedOff: ['fetching, robots.txt, merging what several pages say: the pages are read and nothing else'],
  published: ['no vendor is asked'],
}

const folder = resolve(
  process.env.YARDSTICKS_DIR ?? resolve(import.meta.dirname, '../../shared/yardsticks'),
  'web/contacts',
)
const pages: readonly FetchedPage[] = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.html'))
  .map((name) => ({
    url: 'https://page.example/',
    html: readFileSync(resolve(folder, name), 'utf8'),
    contentType: 'text/html',
  }))

const fenced = task<typeof readPage>({
  from: new URL('../hub-server/src/blocks/scrape-website/readSite.ts', import.meta.url).href,
  file: './read-page',
  name: 'readPage',
  cpuMs: 10_000,
})

/** One turn over all pages, in milliseconds. */
const turn = (read: (page: FetchedPage) => PageReading | Promise<PageReading>): Way<number> =>
  way(() => timed(() => atOnce(pages, concurrency, async (page) => read(page))))
const perSecond = ({ measured }: Way<number>): number => rounded((pages.length / median(measured)) * 1000, 1)

tellConditions(conditions)
const loadBefore = load()
const [own, behind] = [turn(readPage), turn((page) => fence.run(fenced, page))]
await takeTurns([own, behind], rounds)
fence.close()

const figures = { pages: pages.length, rounds, loadBefore, own: perSecond(own), fenced: perSecond(behind) }
const fencedByOwn = rounded(figures.fenced / figures.own, 2)
out(`${pages.length} pages, ${concurrency} at a time, median of ${rounds} rounds, load before: ${loadBefore}`)
out(row('in the hub’s own process', figures.own, 'pages a second'))
out(row('behind the fence', figures.fenced, 'pages a second'))
out(row('  the fence by the hub’s own process', fencedByOwn, '', bounds.fencedByOwn))
if (values.json) out(JSON.stringify({ conditions, ...figures, fencedByOwn, bounds }))
