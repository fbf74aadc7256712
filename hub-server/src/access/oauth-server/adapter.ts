import type { Adapter, AdapterPayload } from 'oidc-provider'
import { hashOfSecret } from '../api-keys.ts'
import type { OauthRecords, StoredRecord } from './records.ts'

/** A client that nobody has let in is forgotten after so long: anybody may register one. Seconds. */
const unusedClient = 24 * 3600

/** Where oidc-provider keeps its things. @param usedTwice what it throws for a code or token that was used before */
export const adapterOn =
  (records: OauthRecords, usedTwice: () => Error) =>
  (model: string): Adapter => ({
    upsert: (id, payload, expiresIn) =>
      records.put(model, id, {
        payload,
        grantId: model === 'Grant' ? id : payload.grantId,
        uid: model === 'Session' && payload.uid !== undefined ? hashOfSecret(payload.uid) : undefined,
        userCode: payload.userCode,
        expiresIn: model === 'Client' ? unusedClient : expiresIn,
      }),
    find: async (id) => payloadOf(await records.find(model, id)),
    findByUid: async (uid) => payloadOf(await records.findByUid(model, hashOfSecret(uid))),
    findByUserCode: async (code) => payloadOf(await records.findByUserCode(model, code)),
    consume: async (id) => {
      if (await records.consume(model, id)) return
      // Two came at once with the same one, so one of them stole it (RFC 9700, section 4.14.2).
      const grant = payloadOf(await records.find(model, id))?.grantId
      if (grant !== undefined) await records.revoke(hashOfSecret(grant))
      throw usedTwice()
    },
    destroy: (id) => records.remove(model, id),
    revokeByGrantId: (grantId) => records.revoke(hashOfSecret(grantId)),
  })

const payloadOf = (record: StoredRecord | undefined): AdapterPayload | undefined =>
  record && {
    // Only this adapter writes there, sealed to its place.
    ...(record.payload as AdapterPayload),
    ...(record.consumedAt && { consumed: Math.floor(record.consumedAt.getTime() / 1000) }),
  }
