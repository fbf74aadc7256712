import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { executeBlock } from '../shared/execute';
import { form } from './form';

export class ScrapeWebsite implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Scrape Website',
		name: 'scrapeWebsite',
		icon: { light: 'file:../../icons/scrape-website.svg', dark: 'file:../../icons/scrape-website.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["maxPages"] + " pages per website" }}',
		description:
			'Reads a company’s website and gives the people and e-mail addresses on it, each with the page it stands on',
		defaults: { name: 'Scrape Website' },
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
