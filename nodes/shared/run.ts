import type { IDataObject, IExecuteFunctions, JsonObject } from 'n8n-workflow';
import { askHub } from './transport';

/** What became of one item: the hub's words. */
export interface Result {
	/** Position in the request, from 0. */
	item: number;
	status: 'done' | 'pending' | 'skipped' | 'failed' | 'uncertain';
	outputs: IDataObject[];
	reason?: string;
	error?: { kind: string; message: string; advice: string };
	raw?: unknown;
}

interface Run {
	id: string;
	status: 'queued' | 'running' | 'paused' | 'done' | 'cancelled';
	error?: Result['error'];
}

/** A hub that waited for the work gives results; otherwise a run to wait for. */
type Answer = { results: Result[] } | { run: Run };

/**
 * Has the hub do a block's work on items and gives one result for each.
 * @param key the same for the same work, so that trying again neither repeats nor pays twice
 */
export async function runAtHub(
	context: IExecuteFunctions,
	block: string,
	work: { items: IDataObject[]; options: IDataObject },
	key: string,
): Promise<Result[]> {
	const answer = (await askHub(context, {
		method: 'POST',
		path: `/v1/blocks/${block}`,
		headers: { 'Idempotency-Key': key },
		body: work as JsonObject,
	})) as Answer;
	if ('results' in answer) return answer.results;
	const run = await finished(context, answer.run.id);
	const results = await resultsOf(context, run.id);
	return results.map((result) => (result.status === 'pending' ? { ...result, error: whyPending(run) } : result));
}

/** The hub holds each request until the run ends or the time is up, so nothing is waited for here. */
async function finished(context: IExecuteFunctions, id: string): Promise<Run> {
	for (;;) {
		const run = (await askHub(context, { method: 'GET', path: `/v1/runs/${id}`, query: { wait: '30s' } })) as Run;
		if (run.status !== 'queued' && run.status !== 'running') return run;
	}
}

async function resultsOf(context: IExecuteFunctions, id: string): Promise<Result[]> {
	const results: Result[] = [];
	let cursor: string | undefined;
	do {
		const query = { limit: '1000', ...(cursor !== undefined && { cursor }) };
		const page = (await askHub(context, { method: 'GET', path: `/v1/runs/${id}/results`, query })) as {
			results: Result[];
			next?: string;
		};
		results.push(...page.results);
		cursor = page.next;
	} while (cursor);
	return results;
}

/** A run that was paused (by its budget) or cancelled leaves items undone. */
function whyPending(run: Run): Result['error'] {
	if (run.error) return run.error;
	const message = run.status === 'paused' ? 'The run was paused in the hub' : 'The run was cancelled in the hub';
	return { kind: 'cancelled', message, advice: `Look at run ${run.id} in the hub: it can be resumed there.` };
}
