import type { SocialNetwork, SocialProfiles } from './types.ts'
import type { View } from './view.ts'
import { withoutEnd } from '../../../contracts/text/trim.ts'

interface Network {
  id: SocialNetwork
  host: RegExp
  path: RegExp
}

/** Where each network keeps profiles. What matches no path here (share dialogues, posts, searches) is no profile. */
const NETWORKS: Network[] = [
  { id: 'linkedin', host: /(?:^|\.)linkedin\.com$/, path: /^\/(?:company|school|showcase|organization)\/[^/]+/i },
  {
    id: 'facebook',
    host: /(?:^|\.)(?:facebook|fb)\.com$/,
    path: new RegExp(
      String.raw`^\/(?!sharer|share|dialog|plugins|tr\b|login|groups\/?$|events|photo|story|hashtag|watch|policy|` +
        String.raw`privacy|help|home\.php|profile\.php$|2008\/fbml|v\d)(?:pages\/[^/]+\/\d+|pg\/[^/]+|` +
        String.raw`profile\.php\?id=\d+|groups\/[^/]+|p\/[^/]+|people\/[^/]+\/\d+|[\w.-]{2,80})`,
      'i',
    ),
  },
  {
    id: 'x',
    host: /^(?:www\.|mobile\.|m\.)?(?:twitter|x)\.com$/,
    path: new RegExp(
      String.raw`^\/(?!share|intent|home|search|hashtag|i\/|login|privacy|tos|widgets|statuses)` +
        String.raw`(?:#!\/)?@?\w{1,15}\/?(?:$|\?)`,
      'i',
    ),
  },
  {
    id: 'instagram',
    host: /(?:^|\.)instagram\.com$/,
    path: /^\/(?!p\/|explore|reel|stories|accounts|tv\/|developer|about|legal)[\w.]{2,30}/i,
  },
  {
    id: 'youtube',
    host: /(?:^|\.)youtube\.com$/,
    path: new RegExp(
      String.raw`^\/(?:user\/[^/]+|channel\/[^/]+|c\/[^/]+|@[^/]+|(?!watch|embed|playlist|results|v\/|feed|` +
        String.raw`shorts|subscribe|t\/|about|iframe_api|live)[\w-]{3,40}\/?$)`,
      'i',
    ),
  },
  { id: 'xing', host: /(?:^|\.)xing\.com$/, path: /^\/(?:companies|company|pages|profile)\/[^/]+/i },
  {
    id: 'github',
    host: /^(?:www\.)?github\.com$/,
    path: /^\/(?!login|about|features|pricing|search|topics|orgs\/?$|sponsors|marketplace|settings)[\w-]{1,39}\/?$/i,
  },
  { id: 'tiktok', host: /(?:^|\.)tiktok\.com$/, path: /^\/@[\w.]+/i },
  {
    id: 'pinterest',
    host: /(?:^|\.)pinterest\.(?:com|de|fr|es|it|co\.uk|ca)$/,
    path: /^\/(?!pin\/|pin-|search|ideas)[\w-]{2,40}/i,
  },
  {
    id: 'vimeo',
    host: /(?:^|\.)vimeo\.com$/,
    path: /^\/(?!\d+|watch|categories|channels\/staffpicks)[\w-]{2,40}\/?$/i,
  },
]

/**
 * The company's own profiles: the first of each network, links in the footer and in structured data before all others.
 * @param sameAs profile addresses from structured data
 */
export function findSocial(view: View, sameAs: readonly string[]): SocialProfiles {
  const found: SocialProfiles = {}
  const footer = view.lines.filter((line) => line.zone === 'footer').flatMap((line) => line.hrefs)
  const all = view
    .$('a[href]')
    .get()
    .map((link) => view.$(link).attr('href') ?? '')
  for (const href of [...sameAs, ...footer, ...all]) {
    const profile = profileOf(href, view.url)
    if (profile && !found[profile.id]) found[profile.id] = profile.url
  }
  return found
}

/** Which network's profile an address is; null for anything else. */
export function profileOf(href: string, base: URL): { id: SocialNetwork; url: string } | null {
  if (!/[a-z]\.(?:com|de|fr|es|it|ca|co\.uk)\//i.test(href) || !URL.canParse(href, base.href)) return null
  const url = new URL(href, base)
  const host = url.hostname.toLowerCase()
  for (const network of NETWORKS) {
    if (!network.host.test(host) || !network.path.test(url.pathname + url.search)) continue
    const id = /profile\.php/.test(url.pathname) ? url.search : ''
    return {
      id: network.id,
      url: `https://${host.replace(/^(?:m|mobile)\./, 'www.')}${withoutEnd(url.pathname, /\//)}${id}`,
    }
  }
  return null
}
