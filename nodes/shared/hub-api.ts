// Made by test/generate/hub-api.ts from the hub's OpenAPI document. Change the hub's contracts.
export interface components {
	schemas: {
		Accepted: {
			run: components['schemas']['Run'];
		};
		BlockAnswer: {
			run: components['schemas']['Run'];
			mode: 'test' | 'live';
			results: components['schemas']['Result'][];
			usage: components['schemas']['Usage'];
		};
		Results: {
			results: components['schemas']['Result'][];
			next?: string;
		};
		Result: {
			item: number;
			/** @enum {string} */
			status: 'done' | 'pending' | 'skipped' | 'failed' | 'uncertain';
			outputs: unknown[];
			reason?: string;
			error?: components['schemas']['Error'];
			passedBy?: components['schemas']['PassedBy'][];
			raw?: unknown;
		};
		Run: {
			id: string;
			block: string;
			mode: 'test' | 'live';
			/** @enum {string} */
			status: 'queued' | 'running' | 'paused' | 'done' | 'cancelled';
			items: {
				total: number;
				done: number;
				pending: number;
				skipped: number;
				failed: number;
				uncertain: number;
			};
			usage: components['schemas']['Usage'];
			budget?: number;
			itemBudget?: number;
			error?: components['schemas']['Error'];
			/** Format: date-time */
			createdAt: string;
			/** Format: date-time */
			finishedAt?: string;
			/** Format: date-time */
			expiredAt?: string;
		};
		Connectors: {
			connectors: {
				id: string;
				name: string;
				description?: string;
				docs: string;
				groups: string[];
				capabilities: string[];
				icon: string;
				auth: {
					fields: {
						name: string;
						label: string;
						help?: string;
						secret?: boolean;
						optional?: boolean;
						default?: string;
						options?: {
							value: string;
							label: string;
						}[];
						if?: {
							[key: string]: string;
						};
					}[];
					consent?: {
						redirectUri: string;
						hasApp: boolean;
					};
				};
				prices: {
					capability: string;
					price: number;
					results?: number;
				}[];
				priceSource?: {
					page?: string;
					on?: string;
					note?: string;
				};
				checked?: {
					against: string;
					on?: string;
					note?: string;
				};
				connected: boolean;
			}[];
			problems: {
				file: string;
				line: number;
				column: number;
				message: string;
				instead: string;
			}[];
		};
		Problem: {
			type: string;
			title: string;
			status: number;
			detail: string;
			/** @enum {string} */
			kind:
				| 'invalid_input'
				| 'unauthorized'
				| 'forbidden'
				| 'not_found'
				| 'conflict'
				| 'rate_limited'
				| 'quota_exceeded'
				| 'unavailable'
				| 'timeout'
				| 'bad_response'
				| 'unsupported'
				| 'over_budget'
				| 'suppressed'
				| 'not_connected'
				| 'wrong_mode'
				| 'cancelled';
			advice: string;
			errors?: {
				path: string;
				message: string;
			}[];
		};
		Usage: {
			calls: number;
			cached: number;
			price: number;
			credits: number;
		};
		Error: {
			/** @enum {string} */
			kind:
				| 'invalid_input'
				| 'unauthorized'
				| 'forbidden'
				| 'not_found'
				| 'conflict'
				| 'rate_limited'
				| 'quota_exceeded'
				| 'unavailable'
				| 'timeout'
				| 'bad_response'
				| 'unsupported'
				| 'over_budget'
				| 'suppressed'
				| 'not_connected'
				| 'wrong_mode'
				| 'cancelled';
			message: string;
			advice: string;
			provider?: string;
			retryAfter?: number;
			pauses?: boolean;
		};
		PassedBy: {
			step: number;
			block: string;
			reason: string;
		};
	};
	responses: never;
	parameters: never;
	requestBodies: never;
	headers: never;
	pathItems: never;
}
export type Accepted = components['schemas']['Accepted'];
export type BlockAnswer = components['schemas']['BlockAnswer'];
export type Results = components['schemas']['Results'];
export type Result = components['schemas']['Result'];
export type Run = components['schemas']['Run'];
export type Connectors = components['schemas']['Connectors'];
export type Problem = components['schemas']['Problem'];
export type Usage = components['schemas']['Usage'];
export type Error = components['schemas']['Error'];
export type PassedBy = components['schemas']['PassedBy'];
