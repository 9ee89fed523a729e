// Asks for the second factor again in a dialogue, so the page behind it keeps what the user has entered.

import { showInboxIn } from './inbox.js';
import { withStepUp } from './nestjs-mfa-client.js';
import { askProof } from './proof.js';

const dialog = document.querySelector('dialog#step-up');

dialog.addEventListener('close', () => showInboxIn(document.body));

const api = withStepUp(answered, { prove: askInDialog });

/** `fetch` that proves the second factor again where a route asks for it. */
export async function fetchWithStepUp(input, init) {
  try {
    return await api(input, init);
  } finally {
    // The browser gives the focus back to what had it before.
    dialog.close();
    dialog.querySelector('div').replaceChildren();
  }
}

// Also the answers of a step-up: one may have sent a code.
async function answered(request) {
  const answer = await fetch(request);
  document.dispatchEvent(new Event('answered'));
  return answer;
}

async function askInDialog(asked) {
  if (!dialog.open) {
    dialog.showModal();
    // What is behind a modal dialogue cannot be reached, and the code may be in the inbox.
    showInboxIn(dialog);
    dialog.querySelector('h2').focus();
  }
  const abandoned = new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(undefined), { once: true });
  });
  return Promise.race([askProof(dialog.querySelector('div'), asked), abandoned]);
}
