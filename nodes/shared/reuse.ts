type Content = Record<string, unknown>;

const isContent = (value: unknown): value is Content => typeof value === 'object' && value !== null;

/** The second, with everything in it that is equal to the first's taken from there. */
export type Reuse = <After>(before: unknown, after: After) => After;

/**
 * A block gives back most of what it got, and says of many items the same. What is equal n8n then holds once and saves
 * once, however many blocks an item passes. Nobody may change what a node gives, because nodes share it:
 * https://docs.n8n.io/integrations/creating-nodes/build/reference/code-standards/
 */
export function createReuse(): Reuse {
	/** JSON → what says it, of all items. */
	const known = new Map<string, unknown>();

	function shared(value: unknown): unknown {
		if (!isContent(value)) return value;
		for (const [name, part] of Object.entries(value)) value[name] = shared(part);
		const text = JSON.stringify(value);
		if (!known.has(text)) known.set(text, value);
		return known.get(text);
	}

	function taken(before: unknown, after: unknown): unknown {
		if (before === after) return before;
		if (!isContent(before) || !isContent(after) || Array.isArray(before) !== Array.isArray(after)) return shared(after);
		const names = Object.keys(after);
		let isEqual = names.length === Object.keys(before).length;
		for (const name of names) {
			const here = Object.hasOwn(before, name) ? before[name] : undefined;
			after[name] = taken(here, after[name]);
			isEqual &&= after[name] === here;
		}
		return isEqual ? before : after;
	}

	return taken as Reuse;
}
