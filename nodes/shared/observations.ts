import { createHash } from 'crypto';
import type { IDataObject } from 'n8n-workflow';

/** As the hub gives it: what one answer said of an item, each value with the chance that it is right. */
interface Observation {
	values: Record<string, [value: unknown, confidence: number]>;
}

/**
 * In n8n each observation is one short text, so that n8n holds and saves little of it however many blocks an item
 * passes.
 * What the item itself holds stands in it by name and mark, all else as the hub gave it.
 */
interface Packed extends Observation {
	/** Confidence → `field=mark field=mark`. */
	held?: Record<string, string>;
}

/** An item as n8n has it. */
export const packed = (output: IDataObject): IDataObject =>
	withObservations(output, (one) => (isObservation(one) ? textOf(one, output) : one));

/**
 * The item as the hub knows it. A field that was changed in n8n is no longer what was observed: nothing is told of it.
 */
export const unpacked = (item: IDataObject): IDataObject =>
	withObservations(item, (one) => (typeof one === 'string' ? observationOf(one, item) : one));

const withObservations = (item: IDataObject, change: (one: unknown) => unknown): IDataObject =>
	Array.isArray(item.observations) ? { ...item, observations: item.observations.map(change) as IDataObject[] } : item;

function textOf({ values, ...said }: Observation, item: IDataObject): string {
	const [others, held]: [Observation['values'], Record<string, string[]>] = [{}, {}];
	for (const [field, [value, confidence]] of Object.entries(values)) {
		const mark = markOf(value);
		if (mark === markOf(valueAt(item, field)) && !/[\s=]/.test(field))
			(held[confidence] ??= []).push(`${field}=${mark}`);
		else others[field] = [value, confidence];
	}
	const marks = Object.entries(held).map(([confidence, fields]) => [confidence, fields.join(' ')]);
	return JSON.stringify({ ...said, values: others, held: Object.fromEntries(marks) as Packed['held'] });
}

function observationOf(text: string, item: IDataObject): unknown {
	const said = parsed(text);
	if (!isObservation(said)) return text;
	const { held = {}, values, ...rest } = said;
	const still = Object.entries(held).flatMap(([confidence, fields]) =>
		fields.split(' ').flatMap((one): [string, [unknown, number]][] => {
			const [field, mark] = one.split('=');
			const value = valueAt(item, field);
			return markOf(value) === mark ? [[field, [value, Number(confidence)]]] : [];
		}),
	);
	return { ...rest, values: { ...values, ...Object.fromEntries(still) } };
}

/** What is no JSON is none of ours: the hub takes nothing from it. */
function parsed(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
}

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const isObservation = (value: unknown): value is Packed => isObject(value) && isObject(value.values);

/** company.ids.apollo of {company: {ids: {apollo}}}. */
const valueAt = (item: IDataObject, path: string): unknown =>
	path
		.split('.')
		.reduce<unknown>((part, name) => (isObject(part) && Object.hasOwn(part, name) ? part[name] : undefined), item);

const markOf = (value: unknown): string =>
	createHash('sha1')
		.update(JSON.stringify(value) ?? '')
		.digest('base64url')
		.slice(0, 4);
