// Made by test/generate/node-forms.ts from the hub's contract of verify-email. Change it there.
import type { BlockForm } from '../shared/form';

export const form: BlockForm = {
	block: 'verify-email',
	item: [{ name: 'email', types: ['string'], advanced: false }],
	options: [
		{ name: 'depth', shape: 'plain', advanced: false },
		{ name: 'providers', shape: 'list', advanced: false },
		{ name: 'maxAgeDays', shape: 'plain', advanced: true },
		{ name: 'maxPrice', shape: 'plain', advanced: true },
		{ name: 'raw', shape: 'plain', advanced: true },
	],
	properties: [
		{
			displayName: 'E-Mail',
			name: 'email',
			description: 'The address to verify',
			placeholder: 'e.g. anna@acme.example',
			type: 'string',
			default: '={{ $json.email }}',
		},
		{
			displayName: 'Checks',
			name: 'depth',
			description: 'Free checks: syntax, typing errors, throw-away and role addresses, mail server',
			type: 'options',
			options: [
				{ name: 'Free Checks Only', value: 'free' },
				{ name: 'Free Checks, Then Services', value: 'full' },
				{ name: 'Services Only', value: 'services' },
			],
			default: 'full',
		},
		{
			displayName: 'Provider Names or IDs',
			name: 'providers',
			description: 'Which services to ask, in this order. Empty: every connected one, the cheapest first. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
			type: 'multiOptions',
			typeOptions: { loadOptionsMethod: 'verifyEmail' },
			default: [],
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Highest Price per Item (USD)',
					name: 'maxPrice',
					description: 'Providers that cost more are passed over',
					type: 'number',
					typeOptions: { minValue: 0, maxValue: 1000000 },
					default: 0,
				},
				{
					displayName: 'Include Raw Answers',
					name: 'raw',
					description: 'Whether to add the services’ own answers',
					type: 'boolean',
					default: false,
				},
				{
					displayName: 'Items Without Result',
					name: 'withoutResult',
					type: 'options',
					description: 'What to do with an item for which nothing was found or nothing was to be done',
					options: [{ name: 'Keep With Reason', value: 'keep' }, { name: 'Leave Out', value: 'omit' }],
					default: 'keep',
				},
				{
					displayName: 'Use Answers Up To (Days)',
					name: 'maxAgeDays',
					description: 'An answer that was paid for before is used again if it is not older than this. 0: always ask anew, and keep nothing.',
					type: 'number',
					typeOptions: { minValue: 0, maxValue: 3650, numberPrecision: 0 },
					default: 30,
				},
			],
		},
	],
};
