import type { IDataObject, IExecuteFunctions, INodeParameters, NodeParameterValueType } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import type { BlockForm, ItemField, OptionField } from './form';
import { unpacked } from './observations';
import { refuseLoneNames } from './placeholders';

type Value = NodeParameterValueType | object;

/** n8n gives '' for an empty field and nothing or null where an expression finds nothing. */
const isEmpty = (value: unknown) => value === undefined || value === null || value === '';

/** What stands in a field that only names one of the incoming item's own, as most do: `={{ $json.email }}`. */
const ownField = /^=\{\{\s*\$json\.(\w+)\s*\}\}$/;

/**
 * Gives one item as the hub gets it: the incoming item, and over it the node's fields. What the incoming item happens
 * to have under a name that the block reads, but of another type (a webhook's `query`), stays out: it is not meant.
 * n8n takes up to a millisecond for an expression, and there are some for each item: those that name a field are read
 * here.
 */
export function itemReader(
	context: IExecuteFunctions,
	form: BlockForm,
): (incoming: IDataObject, index: number) => IDataObject {
	const { parameters } = context.getNode();
	const fields = form.item.map((field) => {
		const written = writtenIn(parameters, field);
		const own = typeof written === 'string' ? ownField.exec(written)?.[1] : undefined;
		const read = (incoming: IDataObject, index: number): Value => {
			if (written === undefined) return inherited(field, incoming[field.name]);
			const value = own === undefined ? valueOf(context, field, index) : incoming[own];
			return typeof value === 'number' && field.types.includes('string') ? String(value) : value;
		};
		return { name: field.name, read };
	});
	return (incoming, index) => {
		const item = unpacked({ ...incoming });
		for (const { name, read } of fields) {
			const value = read(incoming, index);
			if (isEmpty(value)) delete item[name];
			else item[name] = value as IDataObject[string];
		}
		return item;
	};
}

/**
 * What a person, or a default, has written into a field. Advanced ones are there only where a person has added them,
 * and n8n keeps none that the node's other fields hide.
 */
const writtenIn = (parameters: INodeParameters, { name, advanced }: ItemField | OptionField) =>
	advanced ? (parameters.options as INodeParameters | undefined)?.[name] : parameters[name];

const inherited = (field: ItemField, value: IDataObject[string]) =>
	field.types.includes(typeof value) ? value : undefined;

function valueOf(context: IExecuteFunctions, field: ItemField | OptionField, index: number): Value {
	return context.getNodeParameter(field.advanced ? `options.${field.name}` : field.name, index, '');
}

/** The block's options, as the hub takes them; those left empty keep the hub's own default. */
export function optionsOf(context: IExecuteFunctions, form: BlockForm, index: number): IDataObject {
	const { parameters } = context.getNode();
	const options: IDataObject = {};
	for (const field of form.options) {
		const written = writtenIn(parameters, field);
		if (written === undefined) continue;
		if (field.placeholders) refuseLoneNames(context, field.name, written, index);
		const value = shaped(context, field, valueOf(context, field, index), index);
		if (!isEmpty(value)) options[field.name] = value as IDataObject[string];
	}
	return options;
}

/** Whether the options can differ from item to item: somewhere in them stands an expression. */
export function optionsVary(context: IExecuteFunctions, form: BlockForm): boolean {
	const { parameters } = context.getNode();
	return JSON.stringify(form.options.map((field) => writtenIn(parameters, field))).includes('"=');
}

function shaped(context: IExecuteFunctions, field: OptionField, value: Value, index: number): Value {
	if (field.shape === 'list') return typeof value === 'string' ? listed(value, /[,\n]/) : value;
	if (field.shape === 'lines') return typeof value === 'string' ? listed(value, '\n') : value;
	if (field.shape === 'rows') return rowsOf(field, value);
	if (field.shape === 'json' && typeof value === 'string' && value !== '') return parsed(context, field, value, index);
	return value;
}

const listed = (text: string, separator: RegExp | string) =>
	text
		.split(separator)
		.map((part) => part.trim())
		.filter((part) => part !== '');

/** The rows of a fixed collection without their empty cells. */
function rowsOf(field: OptionField, value: Value): IDataObject[] {
	const { row: rows = [] } = value as { row?: IDataObject[] };
	const cell = ([name, content]: [string, unknown]) => [name, field.mixed?.includes(name) ? typed(content) : content];
	return rows.map((row) =>
		Object.fromEntries(
			Object.entries(row)
				.filter(([, content]) => !isEmpty(content))
				.map(cell),
		),
	);
}

/** What a person typed, as what it looks like: 20 is a number, true is true, 0171 stays text. */
function typed(content: unknown): unknown {
	if (content === 'true' || content === 'false') return content === 'true';
	return typeof content === 'string' && String(Number(content)) === content ? Number(content) : content;
}

function parsed(context: IExecuteFunctions, field: OptionField, text: string, index: number): Value {
	try {
		return JSON.parse(text) as Value;
	} catch (error) {
		throw new NodeOperationError(context.getNode(), `The field "${field.name}" does not hold valid JSON`, {
			itemIndex: index,
			description: `Correct it and run again. (${(error as Error).message})`,
		});
	}
}
