import type { IExecuteFunctions, IHttpRequestMethods, ILoadOptionsFunctions, JsonObject } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';
import { isProblem, problemError } from './problem';

export const credential = 'aiNowHubApi';

/** The hub waits up to 50 s before it answers; this is the moment to call it lost. Milliseconds. */
const patience = 120_000;

export interface HubRequest {
	method: IHttpRequestMethods;
	/** Begins with /v1. */
	path: string;
	query?: Record<string, string>;
	headers?: Record<string, string>;
	body?: JsonObject;
}

/**
 * Asks the hub and gives its answer's body. Stopping the workflow stops the request.
 * @throws NodeApiError that says what happened and what to do: the hub refused, is not there, or is not a hub
 */
export async function askHub(
	context: IExecuteFunctions | ILoadOptionsFunctions,
	request: HubRequest,
): Promise<unknown> {
	const { baseUrl } = await context.getCredentials<{ baseUrl: string }>(credential);
	const address = baseUrl.trim().replace(/\/+$/, '');
	const { query, path, ...rest } = request;
	const answer: { statusCode: number; body: unknown } = await context.helpers.httpRequestWithAuthentication
		.call(context, credential, {
			...rest,
			url: `${address}${path}`,
			qs: query,
			json: true,
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			timeout: patience,
		})
		.catch((cause: Error) => {
			throw new NodeApiError(
				context.getNode(),
				{ cause: cause.message },
				{
					message: `The AI-Now Hub at ${address} cannot be reached`,
					description:
						'Check that the hub is running and that the address in the credential is right. From within ' +
						`Docker, "localhost" is the container itself. (${cause.message})`,
				},
			);
		});
	if (answer.statusCode >= 400 && isProblem(answer.body)) throw problemError(context.getNode(), answer.body);
	if (answer.statusCode >= 400 || typeof answer.body !== 'object') {
		throw new NodeApiError(
			context.getNode(),
			{},
			{
				httpCode: String(answer.statusCode),
				message: `What answers at ${address} is not an AI-Now Hub`,
				description:
					`It answered ${request.method} ${path} with HTTP status ${answer.statusCode} and something the ` +
					'hub does not say. Check the address in the credential.',
			},
		);
	}
	return answer.body;
}
