import type { INodeProperties } from 'n8n-workflow';

/** What n8n needs to know of a block. Each node's form.ts is made from the hub's contract of that block. */
export interface BlockForm {
	/** The block's id at the hub, e.g. verify-email. */
	block: string;
	item: ItemField[];
	options: OptionField[];
	/** The fields (dotted paths) of an output that "Simplify" leaves. */
	simple?: string[];
	/** Where the outputs are about others than the item: what of it is not to stand in them, unless the hub says so. */
	others?: string[];
	properties: INodeProperties[];
}

/** A field that the block reads of each item. */
export interface ItemField {
	name: string;
	/** The JSON types that the hub takes. */
	types: string[];
	/** Advanced ones stand in the node's "Options" and are only there when a person adds them. */
	advanced: boolean;
}

export interface OptionField {
	name: string;
	/**
	 * How n8n holds it: `rows` of a fixed collection, a `list` (or its text, comma-separated), text of `lines`, `json` as
	 * text.
	 */
	shape: 'plain' | 'list' | 'lines' | 'rows' | 'json';
	advanced: boolean;
	/** Columns of the rows in which a person may write text, a number, true or false. */
	mixed?: string[];
	/** Fields of the lead may stand in it, in double square brackets. */
	placeholders?: true;
}
