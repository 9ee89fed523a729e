/** What a passkey reads of the options for a registration, in the JSON form of WebAuthn 3. */
export interface PasskeyCreationOptions {
  challenge: string;
  rp: { id?: string };
  user: { id: string };
  pubKeyCredParams: readonly { alg: number }[];
  excludeCredentials?: readonly { id: string }[];
}

/** What a passkey reads of the options for a sign-in, in the JSON form of WebAuthn 3. */
export interface PasskeyRequestOptions {
  challenge: string;
  rpId?: string;
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
