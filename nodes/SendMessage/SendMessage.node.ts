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
		subtitle:
			'={{ { email: "e-mail", sms: "SMS", whatsapp: "WhatsApp", chat: "chat", direct: "direct message" ' +
			'}[$parameter["channel"]] }}',
		description: 'Writes one message to each lead, once and never twice: e-mail, SMS, WhatsApp, chat or direct message',
		defaults: { name: 'Send Message' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'aiNowHubApi', required: true }],
		properties: form.properties,
	};

	methods = {
		loadOptions: {
			sendEmail: connectorsWith('sendEmail'),
			sendMessageSms: connectorsWith('sendMessage.sms'),
			sendMessageWhatsapp: connectorsWith('sendMessage.whatsapp'),
			sendMessageChat: connectorsWith('sendMessage.chat'),
			sendMessageDirect: connectorsWith('sendMessage.direct'),
		},
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await executeBlock(this, form);
	}
}
