/** Nouns that make a short line a job title, in the hub's languages. */
const TITLE_WORD = new RegExp(
  '(?<!\\p{L})(?:' +
    [
      'chief [\\p{L} &]{2,30} officer',
      'c[eftiomrp]o',
      'cfa',
      'president',
      'vice[- ]president',
      's?e?vp',
      'founder',
      'co-?founder',
      'owner',
      'co-?owner',
      'proprietor',
      'partner',
      'principal',
      'chair(?:man|woman|person)?',
      'director',
      'manager',
      'managing director',
      'general manager',
      'head of [\\p{L} &]{2,40}',
      'supervisor',
      'superintendent',
      'coordinator',
      'administrator',
      'assistant',
      'secretary',
      'treasurer',
      'controller',
      'accountant',
      'bookkeeper',
      'engineer',
      'developer',
      'programmer',
      'architect',
      'designer',
      'consultant',
      'adviser',
      'advisor',
      'analyst',
      'specialist',
      'representative',
      'associate',
      'executive',
      'recruiter',
      'editor',
      'photographer',
      'attorney',
      'lawyer',
      'solicitor',
      'paralegal',
      'counsel',
      'dentist',
      'physician',
      'surgeon',
      'nurse',
      'veterinarian',
      'therapist',
      'hygienist',
      'professor',
      'teacher',
      'instructor',
      'trainer',
      'coach',
      'pastor',
      'chef',
      'estimator',
      'foreman',
      'technician',
      'agent',
      'broker',
      'realtor',
      'strategist',
      'producer',
      'receptionist',
      'planner',
      'scientist',
      'researcher',
      'buyer',
      'merchandiser',
      'clerk',
      'dispatcher',
      'ambassador',
      'lead',
      'librarian',
      'curator',
      'florist',
      'geschäftsführer(?:in)?',
      'geschäftsführende\\p{L}*',
      'inhaber(?:in)?',
      'leiter(?:in)?',
      '\\p{L}*leiter(?:in)?',
      'vorstand\\p{L}*',
      'gesellschafter(?:in)?',
      'prokurist(?:in)?',
      '\\p{L}*berater(?:in)?',
      '\\p{L}*ingenieur(?:in)?',
      'assistenz',
      'assistentin',
      '\\p{L}*meister(?:in)?',
      'rechtsanw[aä]lt(?:in)?',
      'steuerberater(?:in)?',
      '\\p{L}*entwickler(?:in)?',
      'vertrieb',
      'buchhaltung',
      'sachbearbeiter(?:in)?',
      'directeur',
      'directrice',
      'eigenaar',
      'oprichter',
      '\\p{L}*medewerk(?:er|ster)',
      'adviseur',
      'bestuurder',
      'vennoot',
      'teamleider',
      'bedrijfsleider',
      'gérant',
      'gérante',
      'fondateur',
      'fondatrice',
      'président',
      'présidente',
      'responsable',
      'chef de [\\p{L} ]{3,30}',
      'conseiller',
      'conseillère',
      'ingénieur',
      'avocat',
      'avocate',
      'associé',
      'associée',
      'director[ae]?',
      'gerente',
      'fundador',
      'fundadora',
      'presidente',
      'jefe de [\\p{L} ]{3,30}',
      'jefa de [\\p{L} ]{3,30}',
      'socio',
      'socia',
      'abogado',
      'abogada',
      'consejero',
      'direttore',
      'direttrice',
      'titolare',
      'fondatore',
      'fondatrice',
      'amministratore',
      'amministratrice',
      'responsabile',
      'avvocato',
      'socio',
    ].join('|') +
    ')(?!\\p{L})',
  'iu',
)

/** Words that begin or fill headings and menus, never a person's name. */
const NOT_NAME = new Set(
  (
    'our the a an and or of for to in on at by with from your my we us you team contact about home page meet staff ' +
    'people board new news service services sales support customer care marketing office ' +
    'offices company business group inc llc ltd gmbh corp co limited products product solutions home read more learn ' +
    'view click here get all rights reserved privacy policy terms use street road avenue drive suite north south ' +
    'east west ' +
    'city county state united states america american kingdom canada australia phone fax email mail tel telephone ' +
    'mobile address hours open monday tuesday wednesday thursday friday saturday sunday january february march april ' +
    'june july august ' +
    'september october november december free online shop store cart account login search menu blog events event ' +
    'gallery photos video videos download downloads resources help faq site map directions location locations career ' +
    'careers jobs job ' +
    'chief officer executive vice president director manager managing general senior junior assistant head ' +
    'department division operations finance human development project technical quality account accounts information ' +
    'technology research ' +
    'design web digital media public relations community program programs education school university college ' +
    'institute center centre hospital clinic church museum library park hotel restaurant cafe bar market bank ' +
    'insurance real estate ' +
    'construction building engineering consulting management leadership corporate international national global ' +
    'world systems system industries industry enterprises partners associates foundation association society club ' +
    'welcome mission vision history story what who why how when where is are be this that these those best top great ' +
    'quality special featured latest recent follow share like join sign up subscribe newsletter download quick links ' +
    'useful main mailing physical ' +
    'unser unsere das die der ihr ihre und kontakt impressum über team leistungen startseite datenschutz ons onze ' +
    'het een van over notre nos equipe votre vous nous les nuestro nuestra equipo los las il nostro chi siamo mr ' +
    'mrs ms dear ' +
    'first last name full required message subject comments submit send enter select country zip code royal saint st ' +
    'blue green red black white'
  ).split(' '),
)

const NAME_WORD = new RegExp(
  String.raw`^(?:\p{Lu}[\p{Ll}\p{M}]+(?:['’-]\p{Lu}?[\p{L}\p{M}]+)?|(?:Mc|Mac|O['’]|D['’]|De|La|Le|Di|Van|` +
    String.raw`Von)\p{Lu}[\p{L}\p{M}]+|\p{Lu}\.(?:\p{Lu}\.)?|\p{Lu}\p{Lu}\.?)$`,
  'u',
)
const PARTICLE = /^(?:van|von|de|der|den|del|della|di|da|dos|la|le|ten|ter|bin|al|el|zu|y)$/
const HONORIFIC = new RegExp(
  String.raw`^(?:(?:dr|prof|mr|mrs|ms|miss|sir|dame|herr|frau|dhr|mevr|dipl\.?-?(?:ing|kfm|betriebsw)|ing|ir|` +
    String.raw`drs|rev|hon|mag|m\.?sc|b\.?sc|dott|dott\.ssa|avv|sr|sra|m|mme|ra)\.? )+`,
  'i',
)
/** Letters behind a name: a degree or certificate. */
const DEGREE = new RegExp(
  String.raw`,? ?\b(?:Ph\.?D|M\.?D|D\.?D\.?S|D\.?M\.?D|D\.?V\.?M|M\.?B\.?A|CPA|CFA|CFP|P\.?E|R\.?N|Esq|` +
    String.raw`J\.?D|LL\.?M|Jr|Sr|II|III|IV|AIA|RIBA|MSc|BSc|MA|BA|BS|MS|LEED AP|PMP|FCA|ACA|OBE|MBE|CBE|D\.?O|` +
    String.raw`D\.?C|OD|DPM|NP|PA-C|RDH|LCSW|SPHR|PHR|CHFC|CLU)\b\.?$`,
)

/** True for "Dr. Jane Doe", "Prof. …" and "Jane Doe, PhD". */
export const hasHonorific = (text: string): boolean => HONORIFIC.test(text) || DEGREE.test(text)

const withoutDegrees = (text: string): string => {
  const shorter = text.replace(DEGREE, '')
  return shorter === text ? text : withoutDegrees(shorter)
}

/** The person's name in a line that holds nothing else, without honorifics and degrees; null for everything else. */
export function personName(text: string): string | null {
  if (text.length < 5 || text.length > 60 || /[\d@:;!?/|&+*#<>{}©®™"“”]/.test(text)) return null
  const bare = withoutDegrees(text.replace(/,$/, '')).replace(HONORIFIC, '').trim()
  if (bare.includes(',')) return null
  let words = bare.split(' ')
  if (words.length > 1 && words.every((word) => word === word.toUpperCase() && word.length > 1))
    words = words.map(capitalise)
  if (words.length < 2 || words.length > 5) return null
  let full = 0
  for (const [index, word] of words.entries()) {
    if (index > 0 && index < words.length - 1 && PARTICLE.test(word)) continue
    if (NOT_NAME.has(word.toLowerCase().replace(/\.$/, '')) && !(word.length <= 3 && word.endsWith('.'))) return null
    if (!NAME_WORD.test(word)) return null
    if (word.replace(/\./g, '').length > 2) full++
  }
  if (full < 2 && !(full === 1 && (words.at(-1)?.length ?? 0) > 2)) return null
  return isTitle(bare) ? null : words.join(' ')
}

const capitalise = (word: string): string =>
  word.toLowerCase().replace(/(^|[-'’])\p{L}/gu, (start) => start.toUpperCase())

/** True when a short line is a job title: "Head of Sales", "Geschäftsführer", "Managing Director, Europe". */
export function isTitle(text: string): boolean {
  if (text.length < 2 || text.length > 90 || /[@?!©]|https?:|\d{3}|\.\s\p{Lu}/u.test(text)) return false
  if (text.split(' ').length > 10 || !TITLE_WORD.test(text)) return false
  // A sentence is no title.
  return (
    !new RegExp(
      String.raw`\b(?:is|are|was|were|has|have|will|can|your|you|our|we|my|us|contact|click|become|find|meet|` +
        String.raw`call|email|to|view|read|learn|ask|hire|about|looking|needed|wanted|sind|ist|wird)\b`,
      'i',
    ).test(text) &&
    /^[\p{Lu}\d(&]|^(?:owner|founder|president|director|manager|creator|partner|[a-z]+ (?:manager|director))/u.test(
      text,
    )
  )
}
