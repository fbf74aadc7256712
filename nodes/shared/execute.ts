import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import { batchesOf, type Batch } from './batches';
import type { BlockForm } from './form';
import { failedItem, outputsOf } from './outputs';
import { runAtHub, type Result, type Run } from './run';
import { isStopped } from './stop';
import { count, emptyTally, summaryOf, type Tally } from './summary';

/** Runs a block over the node's incoming items: the whole of what every node does. */
export async function executeBlock(context: IExecuteFunctions, form: BlockForm): Promise<INodeExecutionData[][]> {
	const outputs: Outputs = context.getInputData().map(() => undefined);
	const tally = emptyTally();
	const runs: Run[] = [];
	let chunk = 0;
	for (const batch of batchesOf(context, form)) {
		const run = await runBatch(context, form, batch, chunk++, outputs, tally);
		if (run) runs.push(run);
	}
	if (runs.length > 0) context.addExecutionHints(summaryOf(tally, runs));
	return [outputs.flatMap((items) => items ?? [])];
}

/** What each incoming item has become; nothing yet where the hub has not told. */
type Outputs = (INodeExecutionData[] | undefined)[];

async function runBatch(context: IExecuteFunctions, form: BlockForm, batch: Batch, chunk: number, outputs: Outputs, tally: Tally): Promise<Run | undefined> {
	const { items, options, positions } = batch;
	const take = (result: Result) => {
		const position = positions[result.item];
		count(tally, result);
		outputs[position] = outputsOf(context, form, result, position);
	};
	try {
		const run = await runAtHub(context, form.block, { items, options }, keyOf(context, chunk), take);
		for (const [item, position] of positions.entries()) if (!outputs[position]) take(withoutAnswer(item));
		return run;
	} catch (error) {
		const shown = asNodeError(context, error);
		if (!context.continueOnFail() || isStopped(context)) throw shown;
		for (const position of positions) outputs[position] ??= [failedItem(context, shown, position)];
		return undefined;
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
