import type { IDataObject, IExecuteFunctions, JsonObject } from 'n8n-workflow';
import { isRetried } from './attempt';
import { followed } from './follow';
import type { Accepted, BlockAnswer, Result, Run } from './hub-api';
import { cancelRun, isStopped } from './stop';
import { askHub } from './transport';

/** A hub that waited for the work gives results; otherwise a run to wait for. */
type Answer = BlockAnswer | Accepted;

/** What an execution of a block came to. */
export interface Ended {
	mode?: Run['mode'];
	/** The run as it ended, where the hub did not wait for the work. */
	run?: Run;
}

/**
 * Has the hub do a block's work on items. Stopping the workflow cancels it; an execution that a person retries goes on
 * with the run that it had begun.
 * @param key the same for the same work, so that trying again neither repeats nor pays twice
 * @param take gets one result for each item, as they are read
 * @throws what askHub, followed and cancelRun throw
 */
export async function runAtHub(
	context: IExecuteFunctions,
	block: string,
	work: { items: IDataObject[]; options: IDataObject },
	key: string,
	take: (result: Result) => void,
): Promise<Ended> {
	const begin = async (asker: IExecuteFunctions, how: JsonObject) =>
		(await askHub(asker, {
			method: 'POST',
			path: `/v1/blocks/${block}`,
			headers: { 'Idempotency-Key': key },
			body: { ...work, ...how } as JsonObject,
		})) as Answer;
	let id: string | undefined;
	try {
		const answer = await begin(context, isRetried(context) ? { async: true } : {});
		if ('results' in answer) {
			answer.results.forEach(take);
			return { mode: answer.mode };
		}
		id = answer.run.id;
		if (isRetried(context)) await goOn(context, answer.run);
		const run = await followed(context, id, take);
		return { mode: run.mode, run };
	} finally {
		if (isStopped(context)) {
			await cancelRun(context, async (asker) => {
				if (id !== undefined) return id;
				// n8n ended the request before the hub told the run's id: the same key leads to it.
				const answer = await begin(asker, { async: true });
				return 'results' in answer ? undefined : answer.run.id;
			});
		}
	}
}

/** A run that an earlier attempt left behind: what was not asked is asked, and what failed is tried again. */
async function goOn(context: IExecuteFunctions, { id, status, items }: Run): Promise<void> {
	if (status === 'paused') await askHub(context, { method: 'POST', path: `/v1/runs/${id}/resume`, body: {} });
	else if (status === 'cancelled' || (status === 'done' && items.failed))
		await askHub(context, { method: 'POST', path: `/v1/runs/${id}/retry` });
}
