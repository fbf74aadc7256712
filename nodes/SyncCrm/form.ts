// Made by test/generate/node-forms.ts from the hub's contract of sync-crm. Change it there.
import type { BlockForm } from '../shared/form';

export const form: BlockForm = {
	block: 'sync-crm',
	item: [{ name: 'email', types: ['string'], advanced: false }],
	options: [
		{ name: 'crm', shape: 'plain', advanced: false },
		{ name: 'object', shape: 'plain', advanced: false },
		{ name: 'fields', shape: 'rows', advanced: false },
		{ name: 'dryRun', shape: 'plain', advanced: false },
	],
	properties: [
		{
			displayName: 'E-Mail',
			name: 'email',
			description: 'What a contact is found by',
			placeholder: 'name@email.com',
			type: 'string',
			default: '={{ $json.email }}',
		},
		{
			displayName: 'CRM Name or ID',
			name: 'crm',
			description: 'Which CRM to write to. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
			type: 'options',
			typeOptions: { loadOptionsMethod: 'upsertRecords' },
			default: 'hubspot',
		},
		{
			displayName: 'Record',
			name: 'object',
			description: 'What to write',
			type: 'options',
			options: [{ name: 'Company', value: 'company' }, { name: 'Contact', value: 'contact' }],
			default: 'contact',
		},
		{
			displayName: 'Dry Run',
			name: 'dryRun',
			description: 'Whether to only say what would be written',
			type: 'boolean',
			default: false,
		},
		{
			displayName: 'Further Fields',
			name: 'fields',
			description: 'Name, e-mail, phone, title, company and address go where the CRM has a field for them; the result names those that were not written, and why. Add fields of your own here.',
			type: 'fixedCollection',
			placeholder: 'Add further field',
			typeOptions: {
				multipleValues: true,
				multipleValueButtonText: 'Add Further Field',
				sortable: true,
				fixedCollection: { layout: 'inline' },
			},
			default: {},
			options: [
				{
					displayName: 'Further Field',
					name: 'row',
					values: [
						{
							displayName: 'Field of the Lead',
							name: 'from',
							placeholder: 'e.g. score or company.employees',
							type: 'string',
							default: '',
							required: true,
						},
						{
							displayName: 'Field in the CRM',
							name: 'to',
							description: 'Its internal name in the CRM',
							type: 'string',
							default: '',
							required: true,
						},
					],
				},
			],
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
			],
		},
	],
};
