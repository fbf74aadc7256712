// Made by test/generate/node-forms.ts from the hub's contract of score-lead. Change it there.
import type { BlockForm } from '../shared/form';

export const form: BlockForm = {
	block: 'score-lead',
	item: [],
	options: [
		{ name: 'rules', shape: 'rows', advanced: false, mixed: ['value'] },
		{ name: 'hot', shape: 'plain', advanced: false },
		{ name: 'warm', shape: 'plain', advanced: false },
	],
	properties: [
		{
			displayName: 'Hot From',
			name: 'hot',
			description: 'Leads with at least this score are hot',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: 100 },
			default: 70,
		},
		{
			displayName: 'Warm From',
			name: 'warm',
			description: 'Leads with at least this score are warm',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: 100 },
			default: 40,
		},
		{
			displayName: 'Rules',
			name: 'rules',
			description: 'Each rule that holds adds its points. The sum is kept between 0 and 100.',
			type: 'fixedCollection',
			placeholder: 'Add rule',
			typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Rule', sortable: true },
			default: {
				row: [
					{ field: 'verdict', is: 'equal', value: 'deliverable', points: 30 },
					{ field: 'verdict', is: 'equal', value: 'undeliverable', points: -50 },
					{ field: 'emailChecks.isFree', is: 'equal', value: 'true', points: -10 },
					{ field: 'kind', is: 'equal', value: 'general', points: -20 },
					{
						field: 'title',
						is: 'contains_any',
						value: 'CEO, Chief, Founder, Owner, Managing Director, President',
						points: 30,
					},
					{
						field: 'title',
						is: 'contains_any',
						value: 'VP, Vice President, Head, Director',
						points: 25,
					},
					{ field: 'title', is: 'contains', value: 'Manager', points: 15 },
					{ field: 'company.employees', is: 'greater', value: '19', points: 20 },
					{ field: 'phone', is: 'known', points: 5 },
					{ field: 'linkedin', is: 'known', points: 5 },
				],
			},
			options: [
				{
					displayName: 'Rule',
					name: 'row',
					values: [
						{
							displayName: 'Field',
							name: 'field',
							description: 'Name of the field, e.g. title or company.employees',
							type: 'string',
							default: '',
							required: true,
						},
						{
							displayName: 'Comparison',
							name: 'is',
							description: 'How to compare',
							type: 'options',
							options: [
								{ name: 'Contains', value: 'contains' },
								{ name: 'Contains One of These Words (Comma-Separated)', value: 'contains_any' },
								{ name: 'Is', value: 'equal' },
								{ name: 'Is Greater Than', value: 'greater' },
								{ name: 'Is Known', value: 'known' },
								{ name: 'Is Less Than', value: 'less' },
								{ name: 'Is Not', value: 'not_equal' },
								{ name: 'Is Not Known', value: 'unknown' },
								{ name: 'Is One Of (Comma-Separated)', value: 'one_of' },
							],
							default: 'contains',
						},
						{
							displayName: 'Value',
							name: 'value',
							description: 'What to compare with',
							type: 'string',
							default: '',
						},
						{
							displayName: 'Points',
							name: 'points',
							description: 'Added if it is so; below zero to subtract',
							type: 'number',
							typeOptions: { minValue: -100, maxValue: 100 },
							default: 0,
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
