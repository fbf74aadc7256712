import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';
import type { Connectors } from './hub-api';
import { askHub } from './transport';

/** Loads the services that have a capability, the connected ones first. */
export const connectorsWith = (capability: string) =>
	async function (this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const answer = await askHub(this, { method: 'GET', path: '/v1/connectors', query: { capability } });
		return (answer as Connectors).connectors
			.sort((one, other) => Number(other.connected) - Number(one.connected) || one.name.localeCompare(other.name))
			.map(({ id, name, connected }) => ({ value: id, name: connected ? name : `${name} (Not Connected)` }));
	};
