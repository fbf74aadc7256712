import type { IExecuteFunctions, NodeApiError } from 'n8n-workflow';
import { NodeOperationError, sleep } from 'n8n-workflow';
import type { Result, Results, Run } from './hub-api';
import { isStopped } from './stop';
import { askHub } from './transport';
import { grouped, sentence } from './wording';

/**
 * Waits for a run's end, telling its progress, and hands over its results page by page.
 * @throws NodeOperationError where the run did not get to its end, with the reason and what to do. A node that
 * continues on fail gets the results that are there, and the others with this error.
 */
export async function followed(context: IExecuteFunctions, id: string, take: (result: Result) => void): Promise<Run> {
	const run = await ended(context, id);
	const why = run.status === 'done' ? undefined : whyUnfinished(run);
	if (why && !context.continueOnFail())
		throw new NodeOperationError(context.getNode(), why.message, { description: why.advice });
	let cursor: string | undefined;
	do {
		const query = { limit: '1000', ...(cursor !== undefined && { cursor }) };
		const page = (await askAgain(context, `/v1/runs/${id}/results`, query)) as Results;
		for (const result of page.results)
			take(why && result.status === 'pending' ? { ...result, error: openItem(run, why) } : result);
		cursor = page.next;
	} while (cursor !== undefined);
	return run;
}

/** The least time between two pieces of progress, as the hub takes it. */
const pause = '5s';

/**
 * The hub holds a question until it has something to tell, so nothing is waited for here: first the run's end is waited
 * for, for the length of the pause, then any progress, and so on. A hub that does not know `seen` answers after 30 s.
 */
async function ended(context: IExecuteFunctions, id: string): Promise<Run> {
	const ask = async (query: Record<string, string>) => (await askAgain(context, `/v1/runs/${id}`, query)) as Run;
	for (let seen = 0; ;) {
		const atPause = await ask({ wait: pause });
		if (isOver(atPause)) return atPause;
		seen = tellProgress(context, atPause, seen);
		const moved = await ask({ wait: '30s', seen: String(seen) });
		if (isOver(moved)) return moved;
		seen = tellProgress(context, moved, seen);
	}
}

/** A minute in all: so long a hub may be away, as when it is started anew. Seconds. */
const pauses = [1, 2, 4, 8, 15, 30];

/** A run goes on in the hub whoever listens, so a connection that breaks off ends nothing. */
async function askAgain(context: IExecuteFunctions, path: string, query: Record<string, string>): Promise<unknown> {
	const ask = async () => await askHub(context, { method: 'GET', path, query });
	for (const seconds of pauses) {
		const answer = await ask().catch((error: NodeApiError) =>
			isAway(error) && !isStopped(context) ? undefined : Promise.reject(error),
		);
		if (answer) return answer;
		await sleep(seconds * 1000);
	}
	return await ask();
}

/** Nobody answered, or a proxy in front of the hub did. */
const isAway = ({ httpCode }: NodeApiError) => httpCode === null || Number(httpCode) >= 500;

const isOver = ({ status }: Run) => status !== 'queued' && status !== 'running';

const finished = ({ items }: Run) => items.total - items.pending;

/**
 * Says how far the run is. While a node works n8n shows nothing of it on the canvas: it passes messages to the
 * browser's console, in an execution that was started in the editor, and to its own log.
 * @returns how many items are finished
 */
function tellProgress(context: IExecuteFunctions, run: Run, seen: number): number {
	if (finished(run) === seen) return seen;
	const progress = `${grouped(finished(run))} of ${grouped(run.items.total)} items (run ${run.id})`;
	context.sendMessageToUI(progress);
	context.logger.debug(progress);
	return finished(run);
}

/** What an item gets that had no turn. */
const openItem = ({ id, status }: Run, why: NonNullable<Result['error']>): NonNullable<Result['error']> =>
	status === 'cancelled'
		? { ...why, message: `This item was not asked: run ${id} was stopped. Execute again to go on` }
		: why;

/** A run that was paused (by its budget, or for want of credits) or cancelled leaves items undone. */
function whyUnfinished(run: Run): NonNullable<Result['error']> {
	const again =
		'Then execute the workflow again: what is done is not paid for twice. The run itself stays in the hub and can be ' +
		'resumed there.';
	if (!run.error) return { kind: 'cancelled', message: `Run ${run.id} was ${run.status} in the hub`, advice: again };
	const place = `run ${run.id} is ${run.status} at ${grouped(finished(run))} of ${grouped(run.items.total)} items`;
	return {
		kind: run.error.kind,
		message: `${sentence(run.error.message)} (${place})`,
		advice: `${run.error.advice} ${again}`,
	};
}
