/** What the sandbox's own routes tell; docs/sandbox.md lists them. */
export interface SandboxControl {
  /** The e-mail addresses of the contacts that the CRM holds, sorted. */
  readonly contactsIn: (crm: string) => Promise<string[]>
  /**
   * What all vendors together have charged since the counts were emptied, in their credits, and how often they were
   * asked to write.
   */
  readonly bill: () => Promise<{ charges: number; writes: number }>
  readonly emptyBill: () => Promise<void>
}

interface Records {
  readonly records: readonly { readonly fields: { readonly email?: string }; readonly deleted?: boolean }[]
}
type Counts = Readonly<
  Record<
    string,
    Readonly<Record<string, Readonly<Record<string, { readonly calls: number; readonly charges: number }>>>>
  >
>

export const controlOf = (sandbox: string): SandboxControl => {
  const ask = async <Answer>(path: string, method = 'GET'): Promise<Answer> => {
    const answer = await fetch(`${sandbox}/_sandbox/${path}`, { method })
    if (!answer.ok) throw new Error(`the sandbox answered ${answer.status} to ${path}: ${await answer.text()}`)
    return answer.json()
  }
  return {
    contactsIn: async (crm) => {
      const { records } = await ask<Records>(`records/${crm}?object=contact&limit=20000`)
      return records
        .filter(({ deleted }) => !deleted)
        .map(({ fields }) => fields.email ?? '')
        .sort()
    },
    bill: async () => {
      const counts = await ask<Counts>('counts')
      const routes = Object.values(counts)
        .flatMap((keys) => Object.values(keys))
        .flatMap((routes) => Object.entries(routes))
      return {
        charges: routes.reduce((sum, [, { charges }]) => sum + charges, 0),
        writes: routes
          .filter(([route]) => /batch\/(?:create|update|upsert)/.test(route))
          .reduce((sum, [, { calls }]) => sum + calls, 0),
      }
    },
    emptyBill: async () => {
      await ask('counts', 'POST')
    },
  }
}
