/** A client of the scenarios, whose secret they name. */
export interface ScenarioClient {
  id: string;
  secret?: string;
  grants: string[];
  scopes: string[];
}

const scopes = ['read', 'write'];

export const CLIENTS: readonly ScenarioClient[] = [
  { id: 'oracle-client', secret: 'oracle-secret', grants: ['password', 'refresh_token'], scopes },
  { id: 'oracle-other', secret: 'other-secret', grants: ['password', 'refresh_token'], scopes },
  { id: 'oracle-cc', secret: 'cc-secret', grants: ['client_credentials'], scopes },
  { id: 'oracle-public', grants: ['password'], scopes },
];

/** The Basic credentials of a client, with its own secret or another. */
export function basicCredentials(id: string, secret?: string): string {
  const own = CLIENTS.find((client) => client.id === id)?.secret ?? '';
  return Buffer.from(`${id}:${secret ?? own}`).toString('base64');
}
