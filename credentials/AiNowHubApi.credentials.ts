import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

export class AiNowHubApi implements ICredentialType {
	name = 'aiNowHubApi';

	displayName = 'AI-Now Hub API';

	icon: Icon = { light: 'file:../icons/ai-now-hub.svg', dark: 'file:../icons/ai-now-hub.dark.svg' };

	documentationUrl = 'https://github.com/ai-now/hub#readme';

	properties: INodeProperties[] = [
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'http://127.0.0.1:8787',
			placeholder: 'e.g. https://hub.example.com',
			description: 'Address of your hub, as n8n reaches it',
			required: true,
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			placeholder: 'e.g. ainow_test_…',
			description:
				'A key of your workspace. One that begins with ainow_test_ is answered by the sandbox and costs nothing.',
			required: true,
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '=Bearer {{$credentials.apiKey}}' } },
	};

	test: ICredentialTestRequest = {
		request: { baseURL: '={{$credentials.baseUrl}}', url: '/v1/me' },
	};
}
