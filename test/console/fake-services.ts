import type { ShownConnector as Connector } from '../../hub-server/src/contracts/connector.ts'

type Parts = Partial<Connector> & Pick<Connector, 'id' | 'name' | 'groups' | 'capabilities'>

const service = (parts: Parts): Connector => ({
  docs: `https://${parts.id}.example/api`,
  icon: `/v1/connectors/${parts.id}/icon`,
  prices: [],
  checked: { against: 'docs', on: '2026-11-12' },
  connected: false,
  auth: { fields: [{ name: 'apiKey', label: 'API key', secret: true, help: 'Account → API keys' }] },
  ...parts,
})

/** The only key that the made-up vendors take. */
export const goodVendorKey = 'vendor-key-that-works'
export const wrongVendorKey = 'vendor-key-that-is-wrong'
/** A key at which the vendor does not answer. */
export const silentVendorKey = 'vendor-key-nobody-answers'

/** Made-up services in the shapes that connectors have: one secret, many fields, a choice, none at all. */
export const services: readonly Connector[] = [
  service({
    id: 'hunter',
    name: 'Hunter',
    description: 'Finds and verifies the e-mail addresses of people at a company.',
    groups: ['find', 'verify'],
    capabilities: ['findEmail', 'verifyEmail', 'searchPeople', 'enrichCompany'],
    prices: [
      { capability: 'verifyEmail', price: 12_250 },
      { capability: 'findEmail', price: 24_500 },
      { capability: 'searchPeople', price: 24_500, results: 10 },
    ],
    priceSource: { page: 'https://hunter.example/pricing', on: '2026-05-25', note: 'Larger plans are cheaper.' },
    checked: { against: 'official', on: '2026-11-12', note: 'Its OpenAPI has no schemas.' },
    auth: {
      fields: [
        {
          name: 'apiKey',
          label: 'API key',
          secret: true,
          help: 'Dashboard → API, or https://hunter.example/api-keys. Free accounts have one too.',
        },
      ],
    },
  }),
  service({
    id: 'hubspot',
    name: 'HubSpot',
    description: 'CRM for contacts, companies and deals.',
    groups: ['crm'],
    capabilities: [
      'upsertRecords.contact',
      'upsertRecords.company',
      'upsertRecords.deal',
      'searchRecords.contact',
      'listRecordChanges.contact',
      'describeFields',
    ],
    checked: { against: 'sdk', on: '2026-11-10', note: 'Deals only by the documentation.' },
    auth: {
      fields: [
        {
          name: 'accessToken',
          label: 'Private app token',
          secret: true,
          help: 'Settings → Integrations → Private apps',
        },
        { name: 'portal', label: 'Account number', secret: false, optional: true, help: 'Only for links to records.' },
        {
          name: 'region',
          label: 'Data centre',
          secret: false,
          default: 'eu1',
          options: [
            { value: 'eu1', label: 'Europe' },
            { value: 'na1', label: 'North America' },
          ],
        },
        { name: 'state', label: 'State', secret: false, optional: true, if: { region: 'na1' } },
      ],
    },
  }),
  service({ id: 'zerobounce', name: 'ZeroBounce', groups: ['verify'], capabilities: ['verifyEmail'] }),
  service({
    id: 'apollo',
    name: 'Apollo',
    groups: ['find', 'enrich'],
    capabilities: ['searchPeople', 'searchCompanies', 'enrichPerson'],
  }),
  service({
    id: 'clearbit',
    name: 'Clearbit',
    groups: ['enrich'],
    capabilities: ['enrichPerson', 'enrichCompany', 'locateIp'],
    checked: { against: 'nothing', on: '2026-11-12' },
  }),
  service({
    id: 'pipedrive',
    name: 'Pipedrive',
    groups: ['crm'],
    capabilities: ['upsertRecords.contact', 'searchRecords.contact'],
    auth: {
      fields: [
        { name: 'clientId', label: 'Client id', secret: false, help: 'Developer Hub → your app' },
        { name: 'clientSecret', label: 'Client secret', secret: true },
      ],
      consent: { redirectUri: 'http://127.0.0.1:8787/oauth/callback', hasApp: false },
    },
  }),
  service({ id: 'sendgrid', name: 'SendGrid', groups: ['reach'], capabilities: ['sendEmail'] }),
  service({ id: 'openai', name: 'OpenAI', groups: ['ai'], capabilities: ['completeText'] }),
  service({
    id: 'maxmind',
    name: 'MaxMind GeoLite',
    groups: ['enrich'],
    capabilities: ['locateIp'],
    auth: { fields: [] },
    connected: true,
  }),
]
