import { startAdding } from './add-factor.js';
import { send } from './api.js';
import { listFactors } from './factors.js';
import { showRecoveryCodes } from './recovery-codes.js';
import { onClick, show } from './screen.js';
import { listSessions } from './sessions.js';

/** Shows what a signed-in user can do. The notice says what has just happened. */
export async function showAccount(notice = '') {
  const factors = await send('GET', '/mfa/factors/');
  const screen = show('account');
  listFactors(screen, factors, showAccount);
  for (const button of screen.querySelectorAll('.add button')) {
    onClick(button, screen, () => startAdding(button.value, showAccount));
  }
  const recovery = screen.querySelector('.recovery');
  recovery.hidden = factors.length === 0;
  onClick(recovery.querySelector('button'), screen, () => showRecoveryCodes(showAccount));
  onClick(screen.querySelector('.payout'), screen, () => payOut(screen));
  onClick(screen.querySelector('.end-others'), screen, () => endOthers());
  say(screen, notice);
  await listSessions(screen);
}

async function payOut(screen) {
  say(screen, '');
  const { to } = await send('POST', '/payout');
  say(screen, `Paid out to ${to}.`);
}

async function endOthers() {
  await send('DELETE', '/sessions/others');
  await showAccount('All other sessions have ended.');
}

function say(screen, notice) {
  screen.querySelector('[role=status]').textContent = notice;
}
