import type { IDataObject } from 'n8n-workflow';

/**
 * Who said each field of an item is for the hub, and a tree larger than the item itself. In n8n each observation is one
 * text: n8n then holds it once and saves it once, however many blocks the item passes.
 */
export const packed = (item: IDataObject): IDataObject =>
	withObservations(item, (one) => (typeof one === 'string' ? one : JSON.stringify(one)));

/** The item as the hub knows it. */
export const unpacked = (item: IDataObject): IDataObject =>
	withObservations(item, (one) => (typeof one === 'string' ? parsed(one) : one));

const withObservations = (item: IDataObject, change: (one: unknown) => unknown): IDataObject =>
	Array.isArray(item.observations) ? { ...item, observations: item.observations.map(change) as IDataObject[] } : item;

/** What is no JSON is none of ours: the hub takes nothing from it. */
function parsed(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return text;
	}
}
