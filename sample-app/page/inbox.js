// The messages that the sample would have sent. Outside of development there is no such route, and the inbox stays hidden.

import { timeOf } from './labels.js';

const inbox = document.querySelector('#inbox');
let readings = 0;

/** Shows the inbox, and reads it again after each answer of the API. */
export function watchInbox() {
  document.addEventListener('answered', readAgain);
  inbox.querySelector('button').addEventListener('click', readAgain);
  readAgain();
}

/** Moves the inbox to the end of an element. */
export function showInboxIn(element) {
  element.append(inbox);
}

function readAgain() {
  void refresh();
}

async function refresh() {
  const reading = ++readings;
  const answer = await fetch('/inbox');
  inbox.hidden = !answer.ok;
  if (!answer.ok) {
    document.removeEventListener('answered', readAgain);
    return;
  }
  const messages = await answer.json();
  // Readings may end out of order, and an older one must not hide a newer message.
  if (reading === readings) inbox.querySelector('ol').replaceChildren(...messages.map(itemFor));
}

function itemFor({ to, text, sentAt }) {
  const item = document.createElement('li');
  const time = document.createElement('time');
  time.dateTime = sentAt;
  time.textContent = timeOf(sentAt);
  item.append(`${to}: ${text} `, time);
  return item;
}
