import { auth, sheets_v4 } from '@googleapis/sheets'
import { expect } from 'vitest'
import type { SdkAccount, SdkVendor } from '../vendor.ts'

const document = 'sheet-1'
const rows = [
  ['E-mail', 'Name'],
  ['ada@acme.example', 'Ada'],
  ['bo@acme.example', 'Bo'],
]

const spreadsheets = ({ key }: SdkAccount): sheets_v4.Resource$Spreadsheets => {
  const login = new auth.OAuth2()
  login.setCredentials({ access_token: key })
  return new sheets_v4.Sheets({ auth: login }).spreadsheets
}

/** Where each call goes: an address that is set for all loses its path. */
const to = ({ base }: SdkAccount) => ({ rootUrl: `${base}/` })

const fill = async (at: SdkAccount): Promise<void> => {
  const { values } = spreadsheets(at)
  await values.update(
    {
      spreadsheetId: document,
      range: "'Leads'!1:1",
      valueInputOption: 'RAW',
      requestBody: { values: rows.slice(0, 1) },
    },
    to(at),
  )
  await values.append(
    { spreadsheetId: document, range: "'Leads'!A1", valueInputOption: 'RAW', requestBody: { values: rows.slice(1) } },
    to(at),
  )
}

/** https://github.com/googleapis/google-api-nodejs-client */
export const vendor: SdkVendor = {
  connector: 'google-sheets',
  sdk: '@googleapis/sheets',
  keyPrefix: 'ya29-',
  fields: () => ({ clientId: 'client', clientSecret: 'secret' }),
  token: (access) => ({ access, refresh: 'refresh' }),
  jobs: [
    {
      name: 'reads the rows of a sheet',
      before: fill,
      sdk: async (at) => {
        const page = async (from: number, last: number) => {
          const { data } = await spreadsheets(at).values.batchGet(
            {
              spreadsheetId: document,
              ranges: ["'Leads'!1:1", `'Leads'!${from}:${last}`],
              valueRenderOption: 'UNFORMATTED_VALUE',
              dateTimeRenderOption: 'FORMATTED_STRING',
            },
            to(at),
          )
          return data.valueRanges?.map(({ values }) => values)
        }
        expect(await page(2, 101)).toEqual([rows.slice(0, 1), rows.slice(1)])
        // A short page need not be the last.
        expect(await page(102, 201)).toEqual([rows.slice(0, 1), undefined])
      },
      operation: 'readRows',
      items: [{ document, table: 'Leads', limit: 100 }],
    },
    {
      name: 'writes over one row and adds another',
      before: fill,
      sdk: async (at) => {
        const { values } = spreadsheets(at)
        const head = await values.get({ spreadsheetId: document, range: "'Leads'!1:1" }, to(at))
        expect(head.data.values).toEqual(rows.slice(0, 1))
        await values.batchGet(
          {
            spreadsheetId: document,
            ranges: ["'Leads'!A:A"],
            majorDimension: 'COLUMNS',
            valueRenderOption: 'UNFORMATTED_VALUE',
          },
          to(at),
        )
        await values.batchUpdate(
          {
            spreadsheetId: document,
            requestBody: {
              valueInputOption: 'RAW',
              data: [{ range: "'Leads'!A2", values: [['ada@acme.example', 'Ada Byron']] }],
            },
          },
          to(at),
        )
        const added = await values.append(
          {
            spreadsheetId: document,
            range: "'Leads'!A1",
            valueInputOption: 'RAW',
            insertDataOption: 'INSERT_ROWS',
            requestBody: { values: [['cy@acme.example', 'Cy']] },
          },
          to(at),
        )
        expect(added.data.updates?.updatedRows).toBe(1)
      },
      operation: 'writeRows',
      items: [
        { document, table: 'Leads', key: ['E-mail'], values: { 'E-mail': 'ada@acme.example', Name: 'Ada Byron' } },
        { document, table: 'Leads', key: ['E-mail'], values: { 'E-mail': 'cy@acme.example', Name: 'Cy' } },
      ],
    },
    {
      name: 'lists the sheets',
      sdk: async (at) => {
        const { data } = await spreadsheets(at).get(
          { spreadsheetId: document, fields: 'sheets.properties.title' },
          to(at),
        )
        expect(data.sheets?.map(({ properties }) => properties?.title)).toEqual(['Leads', 'Customers'])
      },
      operation: 'listOptions.table',
      items: [{ of: 'table', within: document, limit: 100 }],
    },
  ],
}
