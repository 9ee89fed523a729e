import type { StepUpAsked, WithStepUpOptions } from './step-up-dialogue.js';

/** Sends a request: `fetch`, or your own function that adds a header first. */
export type SendRequest = (request: Request) => Promise<Response>;

/** Takes what `fetch` takes, and returns what it returns. */
export type FetchWithStepUp = (input: Request | string | URL, init?: RequestInit) => Promise<Response>;

/** Matches a request for a newer second factor (RFC 9470). The `acr_values` challenge is for users who have none. */
const ASKED = /insufficient_user_auth.*max_age/;

/**
 * Makes a `fetch` that proves the second factor again when a route asks for it. After a 401
 * `insufficient_user_authentication` (RFC 9470), it asks your `prove` for a code or a passkey, sends that, and repeats
 * the request once. If the user gives up, it returns the 401. Requests that are refused at the same time share one
 * proof. It needs no package, in a browser or in Node.
 * @example
 * ```ts
 * const api = withStepUp(fetch, { prove: async ({ challenge }) => ({ code: await askUser(challenge?.type) }) });
 * const response = await api('https://api.example.com/payout', { method: 'POST' });
 * ```
 */
export function withStepUp(send: SendRequest, options: WithStepUpOptions): FetchWithStepUp {
  let proofs = 0;
  let proving: Promise<void> | undefined;

  return async (input, init) => {
    const request = new Request(input, init);
    const before = proofs;
    const response = await send(request.clone());
    if (!ASKED.test(String(response.headers.get('www-authenticate')))) return response;
    // A proof that came while the request was under way is new enough for it.
    if (before === proofs) {
      proving ??= stepUp(request, send, options)
        .then((proven) => void (proofs += proven))
        .finally(() => (proving = undefined));
      await proving;
    }
    return before === proofs ? response : send(request);
  };
}

/** Returns how many proofs were right: 1, or 0 if the user gives up. */
async function stepUp(
  { url, credentials, headers: given }: Request,
  send: SendRequest,
  { prove, proven, path = '/mfa/' }: WithStepUpOptions,
): Promise<number> {
  const authorization = given.get('authorization');
  const headers = { 'content-type': 'application/json', ...(authorization && { authorization }) };
  let asked: Partial<StepUpAsked> & { mfa_required?: boolean } = {};
  const post = async (route: string, body: object): Promise<void> => {
    const init = { method: 'POST', credentials, headers, body: JSON.stringify(body) };
    const answer = await send(new Request(new URL(`${path}step-up/${route}`, url), init));
    const said = (await answer.json().catch(() => ({}))) as StepUpAsked['refused'];
    asked = { ...asked, ...said, refused: answer.ok ? undefined : said };
    // The session is over.
    if (answer.status === 401) asked.mfa_token = '';
  };
  await post('', {});
  while (asked.mfa_token) {
    const answer = await prove(asked as StepUpAsked);
    if (!answer) break;
    const route = 'code' in answer || 'response' in answer ? 'verify/' : 'challenge/';
    await post(route, { mfa_token: asked.mfa_token, ...answer });
    if (asked.mfa_required === false) {
      await proven?.(asked);
      return 1;
    }
    if (asked.refused?.code === 'invalid_mfa_token') await post('', {});
  }
  return 0;
}
