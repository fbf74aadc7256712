import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { executeBlock } from '../shared/execute';
import { form } from './form';

export class ScoreLead implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Score Lead',
		name: 'scoreLead',
		icon: { light: 'file:../../icons/score-lead.svg', dark: 'file:../../icons/score-lead.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ "hot from " + $parameter["hot"] + ", warm from " + $parameter["warm"] }}',
		description: 'Adds up points by rules that you can read, and says why',
		defaults: { name: 'Score Lead' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'aiNowHubApi', required: true }],
		properties: form.properties,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await executeBlock(this, form);
	}
}
