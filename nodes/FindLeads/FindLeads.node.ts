import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { connectorsWith } from '../shared/connectors';
import { executeBlock } from '../shared/execute';
import { form } from './form';

export class FindLeads implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Find Leads',
		name: 'findLeads',
		icon: { light: 'file:../../icons/find-leads.svg', dark: 'file:../../icons/find-leads.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["kind"] }}',
		description: 'Finds people or companies by what they are: job, place, industry, size. One search for each item',
		defaults: { name: 'Find Leads' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'aiNowHubApi', required: true }],
		properties: form.properties,
	};

	methods = {
		loadOptions: { searchPeople: connectorsWith('searchPeople'), searchCompanies: connectorsWith('searchCompanies') },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await executeBlock(this, form);
	}
}
