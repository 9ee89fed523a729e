/** A browser's answer to a ceremony, with only the fields that the module reads. */
export interface PasskeyProof {
  /** The credential's id, in base64url. */
  id: string;
  clientDataJSON: string;
  /** What `navigator.credentials.create` returns. */
  attestationObject?: string;
  transports?: string[];
  /** What `navigator.credentials.get` returns. */
  authenticatorData?: string;
  signature?: string;
  userHandle?: string;
}

/** The limit of characters for each field. Even an RSA key of 16,384 bits has only 2,048 bytes. */
const LONGEST = {
  id: 1364,
  clientDataJSON: 8192,
  attestationObject: 16_384,
  authenticatorData: 8192,
  signature: 8192,
  userHandle: 86,
} as const;

const TRANSPORTS = /^[a-z-]{1,16}$/;

/**
 * Reads what `PublicKeyCredential.toJSON()` returns. Returns undefined for anything else.
 * @see https://w3c.github.io/webauthn/#sctn-public-key-credential-json
 */
export function readPasskeyProof(raw: unknown): PasskeyProof | undefined {
  const { id, rawId, type, response } = fieldsOf(raw);
  if (type !== 'public-key' || id !== rawId || !isText('id', id)) return undefined;
  const { clientDataJSON, attestationObject, authenticatorData, signature, userHandle, transports } =
    fieldsOf(response);
  if (!isText('clientDataJSON', clientDataJSON)) return undefined;
  if (attestationObject !== undefined) {
    if (
      !isText('attestationObject', attestationObject) ||
      (authenticatorData !== undefined && !isText('authenticatorData', authenticatorData))
    )
      return undefined;
    return { id, clientDataJSON, attestationObject, transports: transportsOf(transports) };
  }
  if (!isText('authenticatorData', authenticatorData) || !isText('signature', signature)) return undefined;
  const proof = { id, clientDataJSON, authenticatorData, signature };
  if (userHandle === undefined || userHandle === null || userHandle === '') return proof;
  return isText('userHandle', userHandle) ? { ...proof, userHandle } : undefined;
}

// Only canonical base64url, as browsers send it. Another spelling would be another id for the same credential.
function isText(field: keyof typeof LONGEST, value: unknown): value is string {
  if (typeof value !== 'string' || value.length > LONGEST[field] || !/^[\w-]+$/.test(value)) return false;
  return Buffer.from(value, 'base64url').toString('base64url') === value;
}

function transportsOf(value: unknown): string[] {
  const known = Array.isArray(value) ? value.filter((one) => typeof one === 'string' && TRANSPORTS.test(one)) : [];
  return (known as string[]).slice(0, 8);
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
