const TYPES = {
  totp: 'Authenticator app',
  webauthn: 'Passkey',
  sms: 'Phone',
  email: 'E-mail',
  recovery: 'Recovery code',
};

/** Returns how a user knows a factor or a method. */
export function labelOf({ type, name, hint }) {
  return [name || TYPES[type] || type, hint].filter(Boolean).join(' ');
}

/** Returns a moment as the user reads it. */
export function timeOf(iso) {
  return new Date(iso).toLocaleString();
}

const PROOFS = {
  pwd: 'password',
  otp: 'code',
  sms: 'text message',
  hwk: 'passkey',
  email: 'e-mail',
  rec: 'recovery code',
};

/** Returns how a session was proven, e.g. `password, code`. */
export function proofsOf(amr) {
  return amr.flatMap((proof) => PROOFS[proof] ?? []).join(', ');
}
