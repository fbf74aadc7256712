import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import { keyOf, rememberAttempt } from './attempt';
import { batchesOf, type Batch } from './batches';
import type { BlockForm } from './form';
import type { Result, Run } from './hub-api';
import { mixedModes } from './modes';
import { failedItem, outputsOf } from './outputs';
import { createReuse, type Reuse } from './reuse';
import { runAtHub, type Ended } from './run';
import { isStopped } from './stop';
import { count, emptyTally, summaryOf, type Tally } from './summary';

/** Runs a block over the node's incoming items: the whole of what every node does. */
export async function executeBlock(context: IExecuteFunctions, form: BlockForm): Promise<INodeExecutionData[][]> {
	const gathered: Gathered = {
		outputs: context.getInputData().map(() => undefined),
		tally: emptyTally(),
		reuse: createReuse(),
	};
	const { outputs, tally } = gathered;
	const runs: Run[] = [];
	let chunk = 0;
	let mode: Ended['mode'];
	for (const batch of batchesOf(context, form)) {
		const ended = await runBatch(context, form, batch, chunk++, gathered);
		mode ??= ended.mode;
		if (ended.run) runs.push(ended.run);
	}
	const warnings = mixedModes(context, mode);
	if (warnings.length > 0) context.addExecutionHints(...warnings);
	if (runs.length > 0) context.addExecutionHints(summaryOf(tally, runs));
	return [outputs.flatMap((items) => items ?? [])];
}

/** What an execution has come to so far. */
interface Gathered {
	/** What each incoming item has become; nothing yet where the hub has not told. */
	outputs: (INodeExecutionData[] | undefined)[];
	tally: Tally;
	reuse: Reuse;
}

async function runBatch(
	context: IExecuteFunctions,
	form: BlockForm,
	batch: Batch,
	chunk: number,
	{ outputs, tally, reuse }: Gathered,
): Promise<Ended> {
	const { items, options, positions } = batch;
	const take = (result: Result) => {
		const position = positions[result.item];
		count(tally, result);
		outputs[position] = outputsOf(context, form, result, position, reuse);
	};
	try {
		const work = { items, options };
		const ended = await runAtHub(context, form.block, work, keyOf(context, chunk, work), take);
		for (const [item, position] of positions.entries()) if (!outputs[position]) take(withoutAnswer(item));
		return ended;
	} catch (error) {
		rememberAttempt(context);
		const shown = asNodeError(context, error);
		if (!context.continueOnFail() || isStopped(context)) throw shown;
		for (const position of positions) outputs[position] ??= [failedItem(context, shown, position)];
		return {};
	}
}

/** The errors made here are n8n's own already; anything else is a fault that n8n should show with this node. */
function asNodeError(context: IExecuteFunctions, error: Error): NodeApiError | NodeOperationError {
	if (error instanceof NodeApiError || error instanceof NodeOperationError) return error;
	return new NodeOperationError(context.getNode(), error);
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
