import type { IDataObject, IExecuteFunctions, NodeParameterValueType } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import type { BlockForm, ItemField, OptionField } from './form';

type Value = NodeParameterValueType | object;

/** n8n gives '' for an empty field and nothing or null where an expression finds nothing. */
const isEmpty = (value: unknown) => value === undefined || value === null || value === '';

/**
 * One item as the hub gets it: the incoming item, and over it the node's fields. What the incoming item happens to
 * have under a name that the block reads, but of another type (a webhook's `query`), stays out: it is not meant.
 */
export function itemOf(context: IExecuteFunctions, form: BlockForm, incoming: IDataObject, index: number): IDataObject {
	const item = { ...incoming };
	for (const field of form.item) {
		const value = isSet(context, field, index) ? asked(context, field, index) : inherited(field, incoming[field.name]);
		if (isEmpty(value)) delete item[field.name];
		else item[field.name] = value as IDataObject[string];
	}
	return item;
}

/** An advanced field counts only where a person has added it. */
function isSet(context: IExecuteFunctions, field: ItemField | OptionField, index: number): boolean {
	if (!field.advanced) return true;
	const added = context.getNodeParameter('options', index, {}) as IDataObject;
	return added[field.name] !== undefined;
}

function asked(context: IExecuteFunctions, field: ItemField, index: number): Value {
	const value = valueOf(context, field, index);
	return typeof value === 'number' && field.types.includes('string') ? String(value) : value;
}

const inherited = (field: ItemField, value: unknown) => (field.types.includes(typeof value) ? value : undefined);

function valueOf(context: IExecuteFunctions, field: ItemField | OptionField, index: number): Value {
	return context.getNodeParameter(field.advanced ? `options.${field.name}` : field.name, index, '');
}

/** The block's options, as the hub takes them; those left empty keep the hub's own default. */
export function optionsOf(context: IExecuteFunctions, form: BlockForm, index: number): IDataObject {
	const options: IDataObject = {};
	for (const field of form.options) {
		if (!isSet(context, field, index)) continue;
		const value = shaped(context, field, valueOf(context, field, index), index);
		if (!isEmpty(value)) options[field.name] = value as IDataObject[string];
	}
	return options;
}

/** Whether the options can differ from item to item: somewhere in them stands an expression. */
export function optionsVary(context: IExecuteFunctions, form: BlockForm): boolean {
	const { parameters } = context.getNode();
	const written = form.options.map(({ name, advanced }) => (advanced ? (parameters.options as IDataObject)?.[name] : parameters[name]));
	return JSON.stringify(written).includes('"=');
}

function shaped(context: IExecuteFunctions, field: OptionField, value: Value, index: number): Value {
	if (field.shape === 'list') return typeof value === 'string' ? listed(value) : value;
	if (field.shape === 'rows') return rowsOf(field, value);
	if (field.shape === 'json' && typeof value === 'string' && value !== '') return parsed(context, field, value, index);
	return value;
}

const listed = (text: string) =>
	text
		.split(/[,\n]/)
		.map((part) => part.trim())
		.filter((part) => part !== '');

/** The rows of a fixed collection without their empty cells. */
function rowsOf(field: OptionField, value: Value): IDataObject[] {
	const { row: rows = [] } = value as { row?: IDataObject[] };
	const cell = ([name, content]: [string, unknown]) => [name, field.mixed?.includes(name) ? typed(content) : content];
	return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([, content]) => !isEmpty(content)).map(cell)));
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
