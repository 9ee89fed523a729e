/** A session on another device. */
export interface OtherDevice {
  /** The status of a request. */
  get(path: string): Promise<number>;
  endOthers(): Promise<void>;
}

/** Signs in elsewhere, with a recovery code as the second factor. */
export async function otherDevice(
  origin: string,
  { username, password, recoveryCode }: { username: string; password: string; recoveryCode: string },
): Promise<OtherDevice> {
  const { mfa_token } = await post(origin, '/mfa/authtoken/login/', { username, password });
  const proof = { mfa_token, method: 'recovery', code: recoveryCode };
  const { token } = await post(origin, '/mfa/login/verify/', proof);
  if (!token) throw new Error('The other device could not sign in.');
  const headers = { Authorization: `Token ${token}` };
  return {
    get: async (path) => (await fetch(`${origin}${path}`, { headers })).status,
    endOthers: async () => void (await fetch(`${origin}/sessions/others`, { method: 'DELETE', headers })),
  };
}

async function post(origin: string, path: string, body: object): Promise<Record<string, string>> {
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch(`${origin}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return (await answer.json()) as Record<string, string>;
}
