import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { executeBlock } from '../shared/execute';
import { form } from './form';

export class LeadStore implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Lead Store',
		name: 'leadStore',
		icon: { light: 'file:../../icons/lead-store.svg', dark: 'file:../../icons/lead-store.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] }}',
		description: 'Keeps leads in the hub: each person once, with the source of every field',
		defaults: { name: 'Lead Store' },
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
