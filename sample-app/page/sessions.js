import { send } from './api.js';
import { proofsOf, timeOf } from './labels.js';

/** Lists the sessions of the user. */
export async function listSessions(screen) {
  const sessions = await send('GET', '/sessions');
  const items = sessions.map(({ signed_in_at, amr, current }) => {
    const item = document.createElement('li');
    item.textContent = `${timeOf(signed_in_at)}, by ${proofsOf(amr)}${current ? ' (this one)' : ''}`;
    return item;
  });
  screen.querySelector('.sessions').replaceChildren(...items);
  screen.querySelector('.end-others').hidden = sessions.length < 2;
}
