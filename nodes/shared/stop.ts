import type { IExecuteFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { askHub } from './transport';

/** Whether the workflow was stopped, by a person or by its time limit. */
export const isStopped = (context: IExecuteFunctions) => context.getExecutionCancelSignal()?.aborted === true;

/**
 * Cancels a run whose workflow was stopped.
 * @param find gives the run's id, if there is still a run
 * @throws NodeOperationError always; n8n takes an execution for stopped, not for failed, if the message says "canceled"
 */
export async function cancelRun(
	context: IExecuteFunctions,
	find: (asker: IExecuteFunctions) => Promise<string | undefined>,
): Promise<never> {
	const asker = unstoppable(context);
	const cancel = async () => {
		const id = await find(asker);
		if (id !== undefined) await askHub(asker, { method: 'POST', path: `/v1/runs/${id}/cancel` });
	};
	await cancel().catch((cause: Error) => {
		throw new NodeOperationError(
			context.getNode(),
			'The execution was canceled, but the hub could not be told: its run may go on there',
			{
				description: cause.message,
			},
		);
	});
	throw new NodeOperationError(context.getNode(), 'The execution was canceled, and its run in the hub with it');
}

/** n8n ends every request of a stopped workflow at once; what is asked by this context still goes out. */
const unstoppable = (context: IExecuteFunctions) =>
	Object.create(context, { getExecutionCancelSignal: { value: () => undefined } }) as IExecuteFunctions;
