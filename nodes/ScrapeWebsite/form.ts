// Made by test/generate/node-forms.ts from the hub's contract of scrape-website. Change it there.
import type { BlockForm } from '../shared/form';

export const form: BlockForm = {
	block: 'scrape-website',
	item: [{ name: 'website', types: ['string'], advanced: false }],
	options: [
		{ name: 'maxPages', shape: 'plain', advanced: false },
		{ name: 'people', shape: 'plain', advanced: false },
		{ name: 'general', shape: 'plain', advanced: false },
		{ name: 'respectRobots', shape: 'plain', advanced: true },
	],
	simple: [
		'website',
		'source',
		'kind',
		'fullName',
		'title',
		'email',
		'phone',
		'linkedin',
		'company.name',
		'company.domain',
	],
	properties: [
		{
			displayName: 'Website',
			name: 'website',
			description: 'Address of the company’s website',
			placeholder: 'e.g. acme.example',
			type: 'string',
			default: '={{ $json.website }}',
		},
		{
			displayName: 'Pages per Website',
			name: 'maxPages',
			description: 'How many pages to read at most: the given one, then contact, about, team and imprint',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 30, numberPrecision: 0 },
			default: 6,
		},
		{
			displayName: 'People Without E-Mail',
			name: 'people',
			description: 'Whether to also give people whose e-mail address is not on the website',
			type: 'boolean',
			default: true,
		},
		{
			displayName: 'General Addresses',
			name: 'general',
			description: 'Whether to also give addresses of a function, such as info@',
			type: 'boolean',
			default: true,
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Items Without Result',
					name: 'withoutResult',
					type: 'options',
					description: 'What to do with an item for which nothing was found or nothing was to be done',
					options: [{ name: 'Keep With Reason', value: 'keep' }, { name: 'Leave Out', value: 'omit' }],
					default: 'keep',
				},
				{
					displayName: 'Respect robots.txt',
					name: 'respectRobots',
					description: 'Whether to leave out pages that the website asks robots not to read',
					type: 'boolean',
					default: true,
				},
				{
					displayName: 'Simplify',
					name: 'simplify',
					type: 'boolean',
					description: 'Whether to return a simplified version of the response instead of the raw data',
					default: true,
				},
			],
		},
	],
};
