import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { connectorsWith } from '../shared/connectors';
import { executeBlock } from '../shared/execute';
import { form } from './form';

export class VerifyEmail implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Verify Email',
		name: 'verifyEmail',
		icon: { light: 'file:../../icons/verify-email.svg', dark: 'file:../../icons/verify-email.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle:
			'={{ { full: "free checks, then services", free: "free checks only", services: "services only" ' +
			'}[$parameter["depth"]] }}',
		description: 'Says whether mail to an address arrives: free checks first, then the connected services',
		defaults: { name: 'Verify Email' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'aiNowHubApi', required: true }],
		properties: form.properties,
	};

	methods = { loadOptions: { verifyEmail: connectorsWith('verifyEmail') } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await executeBlock(this, form);
	}
}
