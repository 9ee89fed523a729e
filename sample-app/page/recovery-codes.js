import { send } from './api.js';
import { onClick, show } from './screen.js';

/** Makes new recovery codes and shows them once. */
export async function showRecoveryCodes(done) {
  const { backup_codes: codes } = await send('GET', '/mfa/recovery/');
  const screen = show('recovery-codes');
  screen.querySelector('.codes').replaceChildren(...codes.map(itemFor));
  onClick(screen.querySelector('.copy'), screen, async () => {
    await navigator.clipboard.writeText(codes.join('\n'));
    screen.querySelector('[role=status]').textContent = 'Copied.';
  });
  screen.querySelector('.print').addEventListener('click', () => window.print());
  onClick(screen.querySelector('.done'), screen, () => done());
}

function itemFor(code) {
  const item = document.createElement('li');
  item.textContent = code;
  return item;
}
