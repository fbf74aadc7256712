import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { connectorsWith } from '../shared/connectors';
import { executeBlock } from '../shared/execute';
import { form } from './form';

export class SyncCrm implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Sync CRM',
		name: 'syncCrm',
		icon: { light: 'file:../../icons/sync-crm.svg', dark: 'file:../../icons/sync-crm.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["object"] + ": " + $parameter["crm"] }}',
		description:
			'Creates or updates the lead in your CRM, leaves alone what has not changed, and says what was written',
		defaults: { name: 'Sync CRM' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'aiNowHubApi', required: true }],
		properties: form.properties,
	};

	methods = { loadOptions: { upsertRecords: connectorsWith('upsertRecords') } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await executeBlock(this, form);
	}
}
