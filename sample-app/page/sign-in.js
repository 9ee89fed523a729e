import { send } from './api.js';
import { assertPasskey } from './passkeys.js';
import { askProof } from './proof.js';
import { onClick, onSubmit, show, showError } from './screen.js';

/**
 * Shows the first step: name and password, or a passkey alone. `then` has what comes after: `enter` with the answer that has the token,
 * `signIn` with a message, if the user must begin again, and `signUp`.
 */
export function showSignIn(message, then) {
  const screen = show('sign-in');
  const form = screen.querySelector('form');
  showError(form, message);
  onSubmit(form, (fields) => signIn(fields, then));
  onClick(form.querySelector('.passkey'), form, () => signInByPasskey(then));
  screen.querySelector('.sign-up').addEventListener('click', () => then.signUp());
}

/** Signs in, and asks for the second factor if there is one. */
export async function signIn({ username, password }, then) {
  const answer = await send('POST', '/mfa/authtoken/login/', { username, password });
  if (answer.mfa_required) await secondStep(answer, then);
  else await then.enter(answer);
}

async function signInByPasskey({ enter }) {
  const { mfa_token, challenge } = await send('POST', '/mfa/login/passkey/challenge/');
  const response = await assertPasskey(challenge.options);
  await enter(await send('POST', '/mfa/login/passkey/verify/', { mfa_token, response }));
}

async function secondStep(first, then) {
  const screen = show('second-factor');
  let asked = first;
  while (!asked.token) {
    const answer = await askProof(screen.querySelector('.proof'), asked);
    if (!answer) return then.signIn('');
    asked = await next(asked, answer);
    // The login has run out, or was used.
    if (asked.refused?.code === 'invalid_mfa_token') return then.signIn(asked.refused.message);
  }
  return then.enter(asked);
}

async function next(asked, answer) {
  const { mfa_token } = asked;
  const route = answer.method ? 'challenge' : 'verify';
  try {
    const said = await send('POST', `/mfa/login/${route}/`, { mfa_token, ...answer });
    return { ...asked, ...said, refused: undefined };
  } catch (refused) {
    // What the refusal adds, e.g. a newer token.
    return { ...asked, ...refused.more, refused };
  }
}
