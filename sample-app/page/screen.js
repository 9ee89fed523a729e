// One screen is shown at a time. Each is a template of index.html: text never becomes markup here.

const main = document.querySelector('#screen');

/** Returns a copy of a template's content. */
export function copyOf(template) {
  return document.querySelector(`template#${template}`).content.cloneNode(true);
}

/** Shows a screen and returns its element. The heading gets the focus, so a screen reader says where the user is. */
export function show(template, heading) {
  main.replaceChildren(copyOf(template));
  const title = main.querySelector('h1');
  if (heading) title.textContent = heading;
  document.title = `${title.textContent} – nestjs-mfa sample`;
  title.focus();
  return main;
}

/** Shows why something was refused. The error gets the focus: the field to correct is the next one. */
export function showError(root, message) {
  const place = root.querySelector('[role=alert]');
  place.textContent = message;
  if (message) place.focus();
}

/** Calls `act` for each click on a button. Its errors are shown in `root`. */
export function onClick(button, root, act) {
  button.addEventListener('click', () => attempt(root, button, act));
}

/** Calls `act` with the fields each time the form is sent. Its errors are shown in the form. */
export function onSubmit(form, act) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void attempt(form, form.querySelector('[type=submit]'), () => act(Object.fromEntries(new FormData(form))));
  });
}

// A second click while the first is under way would send everything twice. A disabled button would lose the focus.
async function attempt(root, button, act) {
  if (button.ariaDisabled === 'true') return;
  button.ariaDisabled = 'true';
  showError(root, '');
  try {
    await act();
  } catch (error) {
    // If the session is over, the sign-in is shown already, and says so.
    if (error.code !== 'not_authenticated') showError(root, error.message);
  } finally {
    button.ariaDisabled = null;
  }
}
