// The user's second factors: rename, make the default, remove.

import { send } from './api.js';
import { labelOf, timeOf } from './labels.js';
import { signalPasskeys } from './passkeys.js';
import { confirmed, entered } from './question.js';
import { copyOf, onClick } from './screen.js';

/** Lists the factors. `done` is called with what has changed. */
export function listFactors(screen, factors, done) {
  screen.querySelector('.none').hidden = factors.length > 0;
  screen.querySelector('.factors').replaceChildren(...factors.map((factor) => itemFor(screen, factor, done)));
}

function itemFor(screen, factor, done) {
  const item = copyOf('factor');
  const label = labelOf(factor);
  item.querySelector('strong').textContent = label;
  item.querySelector('span').textContent = detailsOf(factor);
  const acts = { rename, prefer, remove };
  for (const [name, act] of Object.entries(acts)) {
    const button = item.querySelector(`.${name}`);
    // A list of buttons that are all called "Remove" says nothing without its list.
    button.ariaLabel = `${button.textContent} ${label}`;
    onClick(button, screen, () => act(factor, done));
  }
  item.querySelector('.prefer').hidden = factor.default === true;
  return item;
}

function detailsOf({ created_at, last_used_at, default: isDefault }) {
  const used = last_used_at ? `last used ${timeOf(last_used_at)}` : 'not used yet';
  return `${isDefault ? 'default, ' : ''}added ${timeOf(created_at)}, ${used}`;
}

async function rename(factor, done) {
  const name = await entered(`Rename ${labelOf(factor)}`, {
    label: 'New name',
    value: factor.name ?? '',
    action: 'Rename',
  });
  if (name) await change(factor, { name }, () => done(`It is called ${name} now.`));
}

function prefer(factor, done) {
  return change(factor, { default: true }, () => done(`${labelOf(factor)} is the default now.`));
}

async function remove(factor, done) {
  if (!(await confirmed(`Remove ${labelOf(factor)}?`, 'Remove'))) return;
  const { signal } = await send('DELETE', `/mfa/factors/${factor.id}/`);
  await signalPasskeys(signal);
  await done(`${labelOf(factor)} was removed.`);
}

async function change({ id }, changed, done) {
  const { signal } = await send('PATCH', `/mfa/factors/${id}/`, changed);
  await signalPasskeys(signal);
  await done();
}
