import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { connectorsWith } from '../shared/connectors';
import { executeBlock } from '../shared/execute';
import { form } from './form';

export class EnrichLead implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Enrich Lead',
		name: 'enrichLead',
		icon: { light: 'file:../../icons/enrich-lead.svg', dark: 'file:../../icons/enrich-lead.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["want"].length + " wanted fields" }}',
		description:
			'Fills in what is missing about a person and their company, one service after the other until it is there',
		defaults: { name: 'Enrich Lead' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'aiNowHubApi', required: true }],
		properties: form.properties,
	};

	methods = { loadOptions: { enrichPerson: connectorsWith('enrichPerson') } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await executeBlock(this, form);
	}
}
