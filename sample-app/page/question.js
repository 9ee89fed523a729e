// Asks in a dialogue of the page. Those of the browser (`confirm`, `prompt`) cannot be styled, and some browsers suppress them.

const dialog = document.querySelector('dialog#question');

/** Asks whether to do it. */
export async function confirmed(heading, action) {
  return (await ask({ heading, action })) !== undefined;
}

/** Asks for a text. Returns undefined if the user cancels. */
export function entered(heading, { label, value, action }) {
  return ask({ heading, action, label, value });
}

function ask({ heading, action, label, value = '' }) {
  const field = dialog.querySelector('label');
  const input = dialog.querySelector('input');
  dialog.querySelector('h2').textContent = heading;
  dialog.querySelector('[value=yes]').textContent = action;
  field.querySelector('span').textContent = label ?? '';
  field.hidden = !label;
  Object.assign(input, { value, required: label !== undefined });
  dialog.returnValue = '';
  dialog.showModal();
  dialog.querySelector(label ? 'input' : 'h2').focus();
  return new Promise((resolve) => {
    const answered = () => resolve(dialog.returnValue === 'yes' ? input.value.trim() : undefined);
    dialog.addEventListener('close', answered, { once: true });
  });
}
