import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import { batchesOf, type Batch } from './batches';
import type { BlockForm } from './form';
import { failedItem, outputsOf } from './outputs';
import { runAtHub, type Result } from './run';

/** Runs a block over the node's incoming items: the whole of what every node does. */
export async function executeBlock(context: IExecuteFunctions, form: BlockForm): Promise<INodeExecutionData[][]> {
	const perItem: INodeExecutionData[][] = context.getInputData().map(() => []);
	for (const [chunk, batch] of batchesOf(context, form).entries()) {
		for (const { position, items } of await runBatch(context, form, batch, chunk)) perItem[position] = items;
	}
	return [perItem.flat()];
}

interface Outcome {
	position: number;
	items: INodeExecutionData[];
}

async function runBatch(context: IExecuteFunctions, form: BlockForm, batch: Batch, chunk: number): Promise<Outcome[]> {
	try {
		const { items, options, positions } = batch;
		const results = await runAtHub(context, form.block, { items, options }, keyOf(context, chunk));
		const byItem = new Map(results.map((result) => [result.item, result]));
		return positions.map((position, index) => ({
			position,
			items: outputsOf(context, form, byItem.get(index) ?? withoutAnswer(index), position),
		}));
	} catch (error) {
		const shown = asNodeError(context, error);
		if (!context.continueOnFail()) throw shown;
		return batch.positions.map((position) => ({ position, items: [failedItem(context, shown, position)] }));
	}
}

/** The errors made here are n8n's own already; anything else is a fault that n8n should show with this node. */
function asNodeError(context: IExecuteFunctions, error: Error): NodeApiError | NodeOperationError {
	if (error instanceof NodeApiError || error instanceof NodeOperationError) return error;
	return new NodeOperationError(context.getNode(), error);
}

/**
 * The same work has the same key, so that "Retry On Fail" finds the run that is there. A header holds only ASCII, and the
 * hub takes a key of 255 characters.
 */
function keyOf(context: IExecuteFunctions, chunk: number): string {
	const { id, name } = context.getNode();
	const readable = encodeURIComponent(name);
	const runIndex = String(context.evaluateExpression('{{ $runIndex }}', 0));
	return [context.getExecutionId(), readable.length < 200 ? readable : id, runIndex, chunk].join('/');
}

const withoutAnswer = (item: number): Result => ({
	item,
	status: 'failed',
	outputs: [],
	error: {
		kind: 'bad_response',
		message: 'The hub gave no result for this item',
		advice: 'Try again. If it stays, look into the hub’s log.',
	},
});
