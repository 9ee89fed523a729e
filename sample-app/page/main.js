// Where the page begins: the account if this tab is signed in, and otherwise the sign-in.

import { showAccount } from './account.js';
import { send } from './api.js';
import { watchInbox } from './inbox.js';
import { showRecoveryCodes } from './recovery-codes.js';
import { currentToken, forgetToken, keepToken } from './session.js';
import { showSignIn } from './sign-in.js';
import { showSignUp } from './sign-up.js';

const whoami = document.querySelector('#whoami');
const then = { enter, signIn: leave, signUp: () => showSignUp(then) };

whoami.querySelector('button').addEventListener('click', () => void signOut());
document.addEventListener('signed-out', () => leave('Your session has ended. Please sign in again.'));
watchInbox();
if (currentToken()) await showMember('');
else leave('');

/** Goes on with the session that a login has opened. */
async function enter({ token, recovery_codes_remaining: left }) {
  keepToken(token);
  await showMember(left === undefined ? '' : `You signed in with a recovery code. ${left} are left.`);
}

async function showMember(notice) {
  try {
    const { username } = await send('GET', '/me');
    whoami.hidden = false;
    whoami.querySelector('span').textContent = `Signed in as ${username}`;
    await showAccount(notice);
  } catch (error) {
    // Signed in with the last recovery code: nothing else opens before there are new ones.
    if (error.code === 'recovery_required') await showRecoveryCodes(() => showMember(''));
    else if (error.code !== 'not_authenticated') leave(error.message);
  }
}

/** Shows the sign-in to somebody without a session. */
function leave(message) {
  forgetToken();
  whoami.hidden = true;
  showSignIn(message, then);
}

async function signOut() {
  // The session may be over already.
  await send('POST', '/mfa/logout/').catch(() => undefined);
  leave('');
}
