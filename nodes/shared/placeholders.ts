import type { IExecuteFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

/** A lone name in n8n's braces, perhaps with a substitute; `||` is a real expression. */
const loneName = /\{\{\s*(?!(?:true|false|null|undefined|this)\b)([\p{L}_][\p{L}\p{N}_.-]*)\s*(\|(?!\|)[^{}|]*)?\}\}/u;

/**
 * n8n makes an expression of a text with {{firstName|there}} as soon as it is pasted, and a sum of bits of that: 0.
 * @param written what stands in the field, an expression beginning with `=`
 * @throws NodeOperationError that says what to write instead
 */
export function refuseLoneNames(context: IExecuteFunctions, field: string, written: unknown, index: number): void {
	const found = typeof written === 'string' && written.startsWith('=') ? loneName.exec(written) : null;
	if (!found) return;
	const [whole, name, substitute = ''] = found;
	throw new NodeOperationError(
		context.getNode(),
		`n8n reads ${whole} in the field "${field}" as an expression of its own, not as the lead's field`,
		{
			itemIndex: index,
			description: `Write [[${name}${substitute.trim()}]] with square brackets. Nothing was sent.`,
		},
	);
}
