import type { IDataObject } from 'n8n-workflow';

const isObject = (value: unknown): value is IDataObject =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** What stands in an output at the given dotted paths, and nothing else. */
export function simplified(output: IDataObject, paths: string[]): IDataObject {
	const kept: IDataObject = {};
	for (const [name, value] of Object.entries(output)) {
		const below = paths.filter((path) => path.startsWith(`${name}.`)).map((path) => path.slice(name.length + 1));
		if (paths.includes(name)) kept[name] = value;
		else if (below.length > 0 && isObject(value)) kept[name] = simplified(value, below);
	}
	return kept;
}
