import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { connectorsWith } from '../shared/connectors';
import { executeBlock } from '../shared/execute';
import { form } from './form';

export class SendMessage implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Send Message',
		name: 'sendMessage',
		icon: { light: 'file:../../icons/send-message.svg', dark: 'file:../../icons/send-message.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["subject"] }}',
		description: 'Writes one e-mail to each lead, once and never twice, through a connected service',
		defaults: { name: 'Send Message' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'aiNowHubApi', required: true }],
		properties: form.properties,
	};

	methods = { loadOptions: { sendEmail: connectorsWith('sendEmail') } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await executeBlock(this, form);
	}
}
