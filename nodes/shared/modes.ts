import type { IDataObject, IExecuteFunctions, NodeExecutionHint } from 'n8n-workflow';
import type { Run } from './hub-api';

type Mode = Run['mode'];

/** Among an execution's custom data: the mode of the hub's blocks that have worked in it so far. */
const mark = 'ai_now_hub_mode';

const advice = 'Choose the same AI-Now Hub credential in all blocks of this workflow.';

/**
 * What to warn of where test and live meet: blocks of one execution that use keys of both modes, or people of the
 * sandbox in a block with a live key.
 * @param mode the one that the hub has worked in, as it says
 */
export function mixedModes(context: IExecuteFunctions, mode: Mode | undefined): NodeExecutionHint[] {
	if (mode === undefined) return [];
	const before = context.customData?.get(mark);
	context.customData?.set(mark, mode);
	if (before !== undefined && before !== mode) {
		return [
			warning(
				`This block has worked with a ${mode} key, and one before it with a ${before} key. ${consequence[mode]} ` +
					`${advice}`,
			),
		];
	}
	const madeUp = mode === 'live' ? context.getInputData().filter(({ json }) => isMadeUp(json)).length : 0;
	if (madeUp === 0) return [];
	return [
		warning(
			`${madeUp} of the items are made up (addresses that end in .example or .test), and this block has worked with ` +
				`a live key. ${advice}`,
		),
	];
}

const consequence: Record<Mode, string> = {
	live: 'Made-up data of the sandbox may have gone to real services.',
	test: 'The sandbox knows nothing of real people, so what it says of them is made up or unknown.',
};

const warning = (message: string): NodeExecutionHint => ({ message, type: 'warning', location: 'outputPane' });

/** The sandbox lives on names that are reserved (RFC 2606) and belong to nobody. */
const isMadeUp = ({ email, website, domain, company }: IDataObject): boolean =>
	[
		email,
		website,
		domain,
		...(typeof company === 'object' && company !== null && 'domain' in company ? [company.domain] : []),
	].some((value) => typeof value === 'string' && /[@./\w-]\.(?:example|test)(?=[/:?#\s]|$)/i.test(value));
