import { createHash } from 'crypto';
import type { IExecuteFunctions } from 'n8n-workflow';

/** n8n shows an execution's custom data beside it, and hands it on to the execution that retries it. */
const mark = 'ai_now_hub_execution';

/** Whether a person has retried an execution that failed or was stopped. */
export const isRetried = (context: IExecuteFunctions) => context.getMode() === 'retry';

/**
 * The execution that the work began in: one that is retried gets a number of its own. Older n8n have no custom data.
 */
const firstExecution = (context: IExecuteFunctions) => context.customData?.get(mark) ?? context.getExecutionId();

/** Lets a later retry of this execution find what it has begun at the hub. */
export const rememberAttempt = (context: IExecuteFunctions) => context.customData?.set(mark, firstExecution(context));

/**
 * Names the work at the hub. The same work has the same key, so that trying again finds the run that is there. An n8n
 * that was restored from a backup gives its execution numbers a second time: so the key also carries which n8n it is,
 * and what it sends. A header holds only ASCII, and the hub takes a key of 255 characters.
 */
export function keyOf(context: IExecuteFunctions, chunk: number, work: object): string {
	const { id, name } = context.getNode();
	const readable = encodeURIComponent(name);
	const runIndex = String(context.evaluateExpression('{{ $runIndex }}', 0));
	const sent = createHash('sha256')
		.update(context.getInstanceId())
		.update('\n')
		.update(JSON.stringify(work))
		.digest('hex');
	const node = readable.length < 160 ? readable : id;
	return [firstExecution(context), node, runIndex, chunk, sent.slice(0, 24)].join('/');
}
