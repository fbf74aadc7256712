import type { INode } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';
import type { Problem } from './hub-api';

/** Whether the hub refuses so (RFC 9457). */
export function isProblem(body: unknown): body is Problem {
	return typeof body === 'object' && body !== null && 'detail' in body && 'advice' in body && 'kind' in body;
}

/** The message says what happened, the description what to do. */
export function problemError(node: INode, problem: Problem): NodeApiError {
	const fields = (problem.errors ?? []).map(({ path, message }) => `${path} ${message}`);
	return new NodeApiError(
		node,
		{ kind: problem.kind },
		{
			httpCode: String(problem.status),
			message: problem.detail || problem.title,
			description: [problem.advice, ...fields].join('\n'),
		},
	);
}
