import type { INode } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';

/** How the hub says that it refuses (RFC 9457). */
export interface Problem {
	status: number;
	title: string;
	/** What happened. */
	detail: string;
	kind: string;
	/** What to do about it. */
	advice: string;
	/** Which fields are not right, as JSON pointers. */
	errors?: { path: string; message: string }[];
}

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
