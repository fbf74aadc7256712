import { declaredLanguage } from './country.ts'
import type { View } from './view.ts'

/** The commonest small words of a language that are rare in the others. */
const SMALL_WORDS: Record<string, RegExp> = {
  en: /\b(?:the|and|of|with|for|your|our|is|are|this|you|we)\b/gi,
  de: /\b(?:der|und|das|mit|für|auf|ist|nicht|wir|sie|ein|eine|von|zu|den)\b/gi,
  nl: /\b(?:het|een|van|voor|met|wij|onze|zijn|niet|bij|naar|ook|uw)\b/gi,
  fr: /\b(?:les|des|une|pour|dans|vous|nous|est|sur|avec|votre|aux|du)\b/gi,
  es: /\b(?:los|las|una|para|con|por|del|nuestro|nuestra|más|su|el|y)\b/gi,
  it: /\b(?:gli|della|per|con|che|nostro|nostra|sono|il|di|una|dei|alla)\b/gi,
}

/**
 * The page's language in two letters: as declared, else by its small words; undefined where there is too little to
 * tell.
 */
export function pageLanguage(view: View): string | undefined {
  const declared = /^([a-z]{2})(?:[-_]|$)/i.exec(declaredLanguage(view))?.[1]?.toLowerCase()
  if (declared) return declared
  const text = view.lines
    .map((line) => line.text)
    .join(' ')
    .slice(0, 20_000)
  const counts = Object.entries(SMALL_WORDS)
    .map(([language, words]) => ({ language, count: text.match(words)?.length ?? 0 }))
    .sort((a, b) => b.count - a.count)
  const [first, second] = counts
  return first && first.count >= 5 && first.count > (second?.count ?? 0) * 1.3 ? first.language : undefined
}
