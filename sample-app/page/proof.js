// Asks for one proof of a second factor: a code, a passkey, or another method to prove it with.

import { countDown } from './countdown.js';
import { labelOf } from './labels.js';
import { assertPasskey } from './passkeys.js';
import { copyOf, onClick, onSubmit, showError } from './screen.js';

/**
 * Shows what is asked for, and returns `{ code }`, `{ response }` (a passkey), `{ method }` (another method, or another message), or
 * undefined if the user gives up.
 */
export function askProof(place, { mfa_methods: methods, challenge, refused }) {
  // The user has answered before, so the focus would be lost with what had it.
  const isAnother = place.contains(document.activeElement);
  place.replaceChildren(copyOf('proof'));
  const form = place.querySelector('form');
  const asked = methods.find(({ id }) => id === challenge?.method);
  return new Promise((resolve) => {
    askFor(form, asked, challenge, resolve);
    offer(
      form,
      methods.filter((method) => method !== asked),
      resolve,
    );
    form.querySelector('.cancel').addEventListener('click', () => resolve(undefined));
    if (isAnother) form.querySelector('.asked').focus();
    if (refused) showError(form, [refused.message].flat().join(' '));
  });
}

function askFor(form, method, challenge, resolve) {
  const [label, submit] = [form.querySelector('.code'), form.querySelector('[type=submit]')];
  if (!method) {
    form.querySelector('.asked').textContent = 'Choose how you prove that it is you.';
    label.remove();
    submit.remove();
    return;
  }
  form.querySelector('.asked').textContent = wordsFor(method, challenge);
  if (method.input === 'webauthn') {
    label.remove();
    submit.textContent = 'Use a passkey';
    onSubmit(form, async () => resolve({ response: await assertPasskey(challenge.options) }));
    return;
  }
  shapeField(label.querySelector('input'), method);
  submit.textContent = 'Continue';
  onSubmit(form, ({ code }) => resolve({ code: code.trim() }));
  if (method.sends) offerAnother(form, method, challenge, resolve);
}

// Browsers fill in a one-time code by themselves, and phones show digits alone. Recovery codes have letters.
function shapeField(input, { type }) {
  const isRecovery = type === 'recovery';
  Object.assign(input, {
    autocomplete: isRecovery ? 'off' : 'one-time-code',
    inputMode: isRecovery ? 'text' : 'numeric',
  });
}

function offerAnother(form, { id }, { retry_in }, resolve) {
  const another = form.querySelector('.another');
  const button = another.querySelector('button');
  another.hidden = false;
  onClick(button, form, () => resolve({ method: id }));
  countDown(another, retry_in ?? 0);
}

function offer(form, methods, resolve) {
  const choice = form.querySelector('.methods');
  choice.hidden = methods.length === 0;
  for (const method of methods) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = labelOf(method);
    button.addEventListener('click', () => resolve({ method: method.id }));
    choice.append(button);
  }
}

function wordsFor(method, challenge) {
  if (method.type === 'webauthn') return 'Your browser asks for a passkey.';
  if (method.type === 'recovery') return `Enter one of your recovery codes. ${method.remaining} are left.`;
  if (!method.sends)
    return `Enter the code that your ${method.name ? `app ${method.name}` : 'authenticator app'} shows.`;
  const [where, until] = [labelOf(method), challenge.expires_in && ` It is right for ${challenge.expires_in} seconds.`];
  return challenge.sent ? `A code was sent: ${where}.${until ?? ''}` : `Enter the code that was sent: ${where}.`;
}
