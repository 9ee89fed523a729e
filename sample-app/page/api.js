// Requests to the API, with the token of this session.

import { currentToken } from './session.js';
import { fetchWithStepUp } from './step-up.js';

/** An answer that refuses. */
export class Refusal extends Error {
  constructor(status, { code, message, ...more }, retryAfter) {
    const words = [message].flat().join(' ') || 'The server does not answer as expected.';
    super(retryAfter ? `${words} (${retryAfter} seconds)` : words);
    Object.assign(this, { status, code, more });
  }
}

/** Sends JSON and returns JSON. If a newer second factor is needed, the user is asked for it first. @throws {Refusal} */
export async function send(method, path, body) {
  const token = currentToken();
  const answer = await fetchWithStepUp(path, {
    method,
    headers: {
      ...(body && { 'Content-Type': 'application/json' }),
      ...(token && { Authorization: `Token ${token}` }),
    },
    body: body && JSON.stringify(body),
  });
  const content = answer.status === 204 ? {} : await answer.json();
  if (token && content.code === 'not_authenticated') document.dispatchEvent(new Event('signed-out'));
  if (!answer.ok) throw new Refusal(answer.status, content, answer.headers.get('Retry-After'));
  return content;
}
