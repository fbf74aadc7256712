import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { BlockForm } from './form';
import { itemReader, optionsOf, optionsVary } from './parameters';

/** What goes to the hub in one request. */
export interface Batch {
	options: IDataObject;
	items: IDataObject[];
	/** For each item, its position among the node's incoming items. */
	positions: number[];
}

/** The hub takes 25 MB a request; a character is up to 3 bytes. Fewer items at once keep n8n's memory small. */
const most = { items: 10_000, characters: 7_000_000 };

/**
 * All incoming items in as few requests as possible: one, unless the options differ between items or it grows too big.
 * Each is made when its turn comes, so that n8n holds no more items twice than one request has.
 */
export function* batchesOf(context: IExecuteFunctions, form: BlockForm): Generator<Batch> {
	const incoming = context.getInputData();
	const same = optionsVary(context, form) ? undefined : optionsOf(context, form, 0);
	const itemOf = itemReader(context, form);
	const open = new Map<string, { batch: Batch; characters: number }>();
	for (const [position, { json }] of incoming.entries()) {
		const options = same ?? optionsOf(context, form, position);
		const item = itemOf(json, position);
		const characters = JSON.stringify(item).length;
		const group = same ? '' : JSON.stringify(options);
		let current = open.get(group);
		if (current && (current.batch.items.length >= most.items || current.characters + characters > most.characters)) {
			open.delete(group);
			yield current.batch;
			current = undefined;
		}
		if (!current) open.set(group, (current = { batch: { options, items: [], positions: [] }, characters: 0 }));
		current.batch.items.push(item);
		current.batch.positions.push(position);
		current.characters += characters;
	}
	for (const { batch } of open.values()) yield batch;
}
