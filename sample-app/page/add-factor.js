// Adds a second factor: asks where it is, shows what the server made, and confirms it.

import { send } from './api.js';
import { createPasskey } from './passkeys.js';
import { onSubmit, show } from './screen.js';

const DESTINATIONS = {
  sms: {
    heading: 'Add a phone',
    label: 'Number with country code',
    field: 'phone_number',
    // Without what people put between the digits.
    spelt: (number) => number.replace(/[\s().-]/g, ''),
    inputMode: 'tel',
    autocomplete: 'tel',
  },
  email: {
    heading: 'Add an e-mail address',
    label: 'Address',
    field: 'email',
    spelt: (address) => address.trim(),
    inputMode: 'email',
    autocomplete: 'email',
  },
};

/** Starts with what this type needs. `done` is called when it is added or given up. */
export function startAdding(type, done) {
  if (type === 'totp') return addApp(done);
  if (type === 'webauthn') return addPasskey(done);
  return addDestination(type, done);
}

async function addApp(done) {
  const { id, show: shown } = await send('POST', '/mfa/factors/', { type: 'totp' });
  const screen = confirm(
    id,
    'Add an authenticator app',
    'Scan this code with your app, then enter the code that it shows.',
    done,
  );
  const key = screen.querySelector('.key');
  key.hidden = false;
  key.querySelector('code').textContent = shown.secret;
  key.querySelector('a').href = shown.otpauth_uri;
  // As a picture, the answer can run no script, whatever it has in it.
  key.querySelector('img').src = `data:image/svg+xml,${encodeURIComponent(shown.qr_svg)}`;
}

function addPasskey(done) {
  const screen = show('passkey');
  onCancel(screen, done);
  onSubmit(screen.querySelector('form'), async ({ name }) => {
    const { id, show: shown } = await send('POST', '/mfa/factors/', { type: 'webauthn', name });
    const response = await createPasskey(shown.options);
    await send('POST', `/mfa/factors/${id}/verify/`, { response });
    await done('The passkey is added.');
  });
}

function addDestination(type, done) {
  const { heading, label, field, spelt, inputMode, autocomplete } = DESTINATIONS[type];
  const screen = show('destination', heading);
  screen.querySelector('label span').textContent = label;
  Object.assign(screen.querySelector('input'), { inputMode, autocomplete });
  onCancel(screen, done);
  onSubmit(screen.querySelector('form'), async ({ destination }) => {
    const { id, hint } = await send('POST', '/mfa/factors/', { type, [field]: spelt(destination) });
    confirm(id, heading, `Enter the code that was sent to ${hint}.`, done);
  });
}

function confirm(id, heading, explanation, done) {
  const screen = show('confirm', heading);
  screen.querySelector('.explanation').textContent = explanation;
  onCancel(screen, done);
  onSubmit(screen.querySelector('form'), async ({ code }) => {
    await send('POST', `/mfa/factors/${id}/verify/`, { code: code.trim() });
    await done('It is added. Make recovery codes too, in case that you lose it.');
  });
  return screen;
}

function onCancel(screen, done) {
  screen.querySelector('.cancel').addEventListener('click', () => done());
}
