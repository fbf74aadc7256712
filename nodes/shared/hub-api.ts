// Made by test/generate/hub-api.ts from the hub's OpenAPI document. Change the hub's contracts.
export interface components {
	schemas: {
		Accepted: {
			run: components["schemas"]["Run"];
		};
		BlockAnswer: {
			run: components["schemas"]["Run"];
			/** @description test: answered by the sandbox; live: answered by the outside services. A property of the API key. */
			mode: "test" | "live";
			results: components["schemas"]["Result"][];
			usage: components["schemas"]["Usage"];
		};
		Results: {
			results: components["schemas"]["Result"][];
			/** @description Cursor of the next page; absent on the last */
			next?: string;
		};
		Result: {
			/** @description Position of the item in the request, from 0 */
			item: number;
			/**
			 * @description done: answered, a miss is done with no outputs; pending: not yet, or its run was stopped before its turn; skipped: nothing was to be done; failed: see error; uncertain: a send whose outcome is unknown, a person decides
			 * @enum {string}
			 */
			status: "done" | "pending" | "skipped" | "failed" | "uncertain";
			outputs: unknown[];
			/** @description Why there are no outputs, or why it was skipped */
			reason?: string;
			error?: components["schemas"]["Error"];
			/** @description Steps of a pipeline that passed it by, or something that it gave */
			passedBy?: components["schemas"]["PassedBy"][];
			/** @description The vendor’s own answer, when asked for */
			raw?: unknown;
		};
		Run: {
			id: string;
			/** @description Id of the block or the pipeline */
			block: string;
			/** @description test: answered by the sandbox; live: answered by the outside services. A property of the API key. */
			mode: "test" | "live";
			/**
			 * @description paused: see error, and resume it when that is mended; nothing is lost
			 * @enum {string}
			 */
			status: "queued" | "running" | "paused" | "done" | "cancelled";
			/** @description How many items are in each state */
			items: {
				total: number;
				done: number;
				pending: number;
				skipped: number;
				failed: number;
				uncertain: number;
			};
			usage: components["schemas"]["Usage"];
			/** @description US dollars that the whole run may cost; when they are used up it pauses */
			budget?: number;
			/** @description US dollars that one item may cost; one that would cost more fails */
			itemBudget?: number;
			error?: components["schemas"]["Error"];
			/** Format: date-time */
			createdAt: string;
			/** Format: date-time */
			finishedAt?: string;
			/**
			 * Format: date-time
			 * @description Its items and results are gone
			 */
			expiredAt?: string;
		};
		Connectors: {
			connectors: {
				id: string;
				name: string;
				description?: string;
				/** @description The vendor’s own page */
				docs: string;
				groups: string[];
				capabilities: string[];
				/** @description Path on the hub, readable without a key */
				icon: string;
				auth: {
					fields: {
						name: string;
						label: string;
						/** @description Where to find it */
						help?: string;
						secret?: boolean;
						optional?: boolean;
						default?: string;
						/** @description What there is to choose from; absent: anything */
						options?: {
							value: string;
							label: string;
						}[];
						/** @description Asked for only where these fields have these values, such as the chosen way to log in */
						if?: {
							[key: string]: string;
						};
					}[];
					/** @description Where an account may be connected on the vendor’s own page */
					consent?: {
						/** @description What to register at the vendor as the redirect address of your app */
						redirectUri: string;
						/** @description Whether your client id and secret are kept already */
						hasApp: boolean;
					};
				};
				/** @description What the service takes; nothing that it charges for and that is not here is known */
				prices: {
					capability: string;
					/** @description Micro-USD at most */
					price: number;
					/** @description For so many results; absent: for one item */
					results?: number;
				}[];
				priceSource?: {
					page?: string;
					/** @description When it was read */
					on?: string;
					note?: string;
				};
				/** @description What it was checked against, and when; absent: nothing */
				checked?: {
					/** @description official, sdk, docs or nothing */
					against: string;
					/** @description The day, e.g. 2026-11-21 */
					on?: string;
					note?: string;
				};
				/** @description Whether this workspace can use it in this mode */
				connected: boolean;
			}[];
			/** @description Your own connectors (CONNECTORS_DIR) that were left out, and why */
			problems: {
				file: string;
				line: number;
				column: number;
				message: string;
				/** @description What to write instead */
				instead: string;
			}[];
		};
		Problem: {
			/** @description about:blank#<kind> */
			type: string;
			title: string;
			status: number;
			/** @description What happened */
			detail: string;
			/** @enum {string} */
			kind: "invalid_input" | "unauthorized" | "forbidden" | "not_found" | "conflict" | "rate_limited" | "quota_exceeded" | "unavailable" | "timeout" | "bad_response" | "unsupported" | "over_budget" | "suppressed" | "not_connected" | "wrong_mode" | "cancelled";
			/** @description What to do about it */
			advice: string;
			errors?: {
				/** @description JSON pointer */
				path: string;
				message: string;
			}[];
		};
		Usage: {
			/** @description Calls made to outside services */
			calls: number;
			/** @description Answers that came from the cache and cost nothing */
			cached: number;
			/** @description Micro-USD (1,000,000 = one dollar). In mode test it is made up: nothing is paid */
			price: number;
			/** @description Credits of the vendors, summed */
			credits: number;
		};
		Error: {
			/** @enum {string} */
			kind: "invalid_input" | "unauthorized" | "forbidden" | "not_found" | "conflict" | "rate_limited" | "quota_exceeded" | "unavailable" | "timeout" | "bad_response" | "unsupported" | "over_budget" | "suppressed" | "not_connected" | "wrong_mode" | "cancelled";
			/** @description What happened, in plain English */
			message: string;
			/** @description What to do about it */
			advice: string;
			/** @description The connector that refused */
			provider?: string;
			/** @description Seconds to wait before trying again */
			retryAfter?: number;
			/** @description The run waits until this is mended; what is not done yet is not failed */
			pauses?: boolean;
		};
		PassedBy: {
			/** @description Which step of the pipeline, from 1 */
			step: number;
			block: string;
			/** @description Why: "verdict is known (deliverable)" */
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
