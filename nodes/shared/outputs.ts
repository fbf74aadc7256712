import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import type { BlockForm } from './form';
import type { Result } from './hub-api';
import { packed } from './observations';
import type { Reuse } from './reuse';
import { simplified } from './simplify';

/**
 * What one item's result becomes in n8n: its outputs, each linked to the item; the item with the reason where there
 * are none; or its error.
 * @throws NodeOperationError for a failed item, unless the node continues on fail
 */
export function outputsOf(
	context: IExecuteFunctions,
	form: BlockForm,
	result: Result,
	position: number,
	reuse: Reuse,
): INodeExecutionData[] {
	const { json: input, pairedItem: before } = context.getInputData()[position];
	const pairedItem = reuse(before, { item: position });
	const options = context.getNodeParameter('options', position, {}) as {
		simplify?: boolean;
		withoutResult?: 'keep' | 'omit';
	};
	if (result.status !== 'done' && result.status !== 'skipped') return [failed(context, result, position)];
	if (result.outputs.length > 0) {
		const raw = result.raw === undefined ? {} : { raw: result.raw as IDataObject[string] };
		const fields = (output: IDataObject) =>
			options.simplify ? simplified(output, [...(form.simple ?? []), 'observations']) : output;
		return (result.outputs as IDataObject[]).map(({ dropped, ...output }) => {
			const own = withoutFields(input, [...(form.others ?? []), ...namesIn(dropped)]);
			return { json: { ...own, ...reuse(input, packed(fields(output))), ...raw }, pairedItem };
		});
	}
	if (options.withoutResult === 'omit') return [];
	return [{ json: { ...input, status: result.status, reason: result.reason ?? 'Nothing was found' }, pairedItem }];
}

/** What the hub says of the item no longer holds, as the verdict of an address that it has replaced. */
const namesIn = (dropped: unknown): string[] =>
	Array.isArray(dropped) ? dropped.filter((name) => typeof name === 'string') : [];

const withoutFields = (item: IDataObject, names: string[]): IDataObject =>
	names.length === 0 ? item : Object.fromEntries(Object.entries(item).filter(([name]) => !names.includes(name)));

function failed(context: IExecuteFunctions, { status, error, reason }: Result, position: number): INodeExecutionData {
	const open = 'This item was not asked: the run was stopped. Execute again to go on';
	const shown = new NodeOperationError(
		context.getNode(),
		error?.message ?? reason ?? (status === 'pending' ? open : `The item is ${status}`),
		{
			itemIndex: position,
			description: error?.advice,
		},
	);
	if (!context.continueOnFail()) throw shown;
	return failedItem(context, shown, position);
}

/**
 * A failed item of a node that continues. n8n moves an item to the error output only if it holds nothing but its error,
 * and then adds the item's fields itself.
 */
export function failedItem(context: IExecuteFunctions, error: Error, position: number): INodeExecutionData {
	const goesToErrorOutput = context.getNode().onError === 'continueErrorOutput';
	const fields = goesToErrorOutput ? {} : context.getInputData()[position].json;
	return { json: { ...fields, error: error.message }, pairedItem: { item: position } };
}
