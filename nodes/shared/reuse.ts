type Content = Record<string, unknown>;

const isContent = (value: unknown): value is Content => typeof value === 'object' && value !== null;

/**
 * The second, with everything in it that is equal to the first's taken from there. A block gives back most of what it
 * got: n8n then holds it once, and saves it once, however many blocks an item passes.
 */
export function reusing<After>(before: unknown, after: After): After;
export function reusing(before: unknown, after: unknown): unknown {
	if (before === after) return before;
	if (!isContent(before) || !isContent(after) || Array.isArray(before) !== Array.isArray(after)) return after;
	const names = Object.keys(after);
	let isEqual = names.length === Object.keys(before).length;
	for (const name of names) {
		const known = Object.hasOwn(before, name) ? before[name] : undefined;
		after[name] = reusing(known, after[name]);
		isEqual &&= after[name] === known;
	}
	return isEqual ? before : after;
}
