import type { NodeExecutionHint } from 'n8n-workflow';
import type { Result, Run } from './hub-api';
import { grouped, usd } from './wording';

/** What the results of one execution of a node come to. */
export interface Tally {
	/** In the order in which they are told. */
	done: number;
	'without a result': number;
	failed: number;
	uncertain: number;
	'not finished': number;
}

export const emptyTally = (): Tally => ({ done: 0, 'without a result': 0, failed: 0, uncertain: 0, 'not finished': 0 });

export function count(tally: Tally, { status, outputs }: Result): void {
	if (status === 'pending') tally['not finished'] += 1;
	else if (status === 'failed' || status === 'uncertain') tally[status] += 1;
	else tally[outputs.length > 0 ? 'done' : 'without a result'] += 1;
}

/** What n8n shows above the output of a node whose work became runs: what happened to the items, and what it cost. */
export function summaryOf(tally: Tally, runs: Run[]): NodeExecutionHint {
	const total = Object.values(tally).reduce((sum, items) => sum + items, 0);
	const states = Object.entries(tally).flatMap(([state, items]) => (items > 0 ? [`${grouped(items)} ${state}`] : []));
	const used = (what: keyof Run['usage']) => runs.reduce((sum, { usage }) => sum + usage[what], 0);
	const costs = [
		...(used('calls') > 0 ? [`${grouped(used('calls'))} calls`] : []),
		...(used('cached') > 0 ? [`${grouped(used('cached'))} answers were there already`] : []),
		...(used('calls') > 0 ? [usd(used('price'))] : []),
	];
	const sentences = [`${grouped(total)} items: ${states.join(', ')}`, ...(costs.length > 0 ? [costs.join(', ')] : [])];
	const isWhole = tally.failed + tally.uncertain + tally['not finished'] === 0;
	return { message: `${sentences.join('. ')}.`, type: isWhole ? 'info' : 'warning', location: 'outputPane' };
}
