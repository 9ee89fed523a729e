/** What a passkey reads of the options for a registration, in the JSON form of WebAuthn 3. */
export interface PasskeyCreationOptions {
  /** It comes back in the client data. */
  challenge: string;
  /** Default of its `id`: the host of the passkey's origin. */
  rp: { id?: string };
  /** Its `id` is the user handle. */
  user: { id: string };
  /** The algorithms, the best one first. */
  pubKeyCredParams: readonly { alg: number }[];
  /** A passkey among them refuses to register again. */
  excludeCredentials?: readonly { id: string }[];
}

/** What a passkey reads of the options for a sign-in, in the JSON form of WebAuthn 3. */
export interface PasskeyRequestOptions {
  /** It comes back in the client data. */
  challenge: string;
  /** Default: the host of the passkey's origin. */
  rpId?: string;
  /** Only a passkey among them signs in. If there are none, any may. */
  allowCredentials?: readonly { id: string }[];
}

interface PasskeyResponse<Response> {
  id: string;
  rawId: string;
  type: 'public-key';
  authenticatorAttachment: 'platform';
  clientExtensionResults: Record<string, never>;
  response: Response;
}

/** A registration, as `PublicKeyCredential.toJSON()` has it: each text but `type` is in base64url. */
export type PasskeyRegistration = PasskeyResponse<{
  clientDataJSON: string;
  attestationObject: string;
  authenticatorData: string;
  transports: ('hybrid' | 'internal')[];
  publicKey: string;
  publicKeyAlgorithm: number;
}>;

/** A sign-in, as `PublicKeyCredential.toJSON()` has it: each text but `type` is in base64url. */
export type PasskeyAssertion = PasskeyResponse<{
  clientDataJSON: string;
  authenticatorData: string;
  signature: string;
  userHandle?: string;
}>;

/** Puts a response into the form that a browser gives it. */
export function credentialJson<Response>(id: string, response: Response): PasskeyResponse<Response> {
  return {
    id,
    rawId: id,
    type: 'public-key',
    authenticatorAttachment: 'platform',
    clientExtensionResults: {},
    response,
  };
}
