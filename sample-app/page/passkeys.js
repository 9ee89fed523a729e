// The browser's side of a passkey: options in JSON go in, an answer in JSON comes out.

/** Makes a passkey and returns what the server confirms it by. */
export async function createPasskey(options) {
  const publicKey = known().parseCreationOptionsFromJSON(options);
  const credential = await asked(navigator.credentials.create({ publicKey }));
  return credential.toJSON();
}

/** Signs with a passkey. */
export async function assertPasskey(options) {
  const publicKey = known().parseRequestOptionsFromJSON(options);
  const credential = await asked(navigator.credentials.get({ publicKey }));
  return credential.toJSON();
}

/** Tells the user's password manager which passkeys and which name are right, where the browser can. */
export async function signalPasskeys(signal) {
  if (!signal) return;
  const { rpId, userId, allAcceptedCredentialIds, name, displayName } = signal;
  await window.PublicKeyCredential?.signalAllAcceptedCredentials?.({ rpId, userId, allAcceptedCredentialIds });
  await window.PublicKeyCredential?.signalCurrentUserDetails?.({ rpId, userId, name, displayName });
}

function known() {
  if (window.PublicKeyCredential?.parseCreationOptionsFromJSON) return window.PublicKeyCredential;
  throw new Error('This browser has no passkeys. Use another method.');
}

// The browser says the same whether the user has no passkey, closed its dialogue or was too slow.
async function asked(ceremony) {
  try {
    return await ceremony;
  } catch (cause) {
    if (cause.name === 'InvalidStateError') throw new Error('This device has a passkey here already.', { cause });
    throw new Error('No passkey was used. Try again, or use another method.', { cause });
  }
}
