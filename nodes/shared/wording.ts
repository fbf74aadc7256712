/** 12345 → 12,345 */
export const grouped = (count: number) => count.toLocaleString('en-US');

/** Millionths of a US dollar → 21.40 USD */
export function usd(price: number): string {
	if (price > 0 && price < 10_000) return 'less than 0.01 USD';
	return `${(price / 1_000_000).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })} USD`;
}

/** A sentence without its full stop, to go on with. */
export const sentence = (text: string) => text.replace(/\.$/, '');
