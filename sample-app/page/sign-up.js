import { send } from './api.js';
import { onSubmit, show } from './screen.js';
import { signIn } from './sign-in.js';

/** Shows the form for a new account, and signs the user in afterwards. */
export function showSignUp(then) {
  const screen = show('sign-up');
  onSubmit(screen.querySelector('form'), async (fields) => {
    await send('POST', '/users', fields);
    await signIn(fields, then);
  });
  screen.querySelector('.sign-in').addEventListener('click', () => then.signIn(''));
}
