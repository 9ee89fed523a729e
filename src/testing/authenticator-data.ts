import { createHash } from 'node:crypto';

/** The flags of authenticator data, as WebAuthn calls them. */
export interface PasskeyFlags {
  userPresent: boolean;
  userVerified: boolean;
  backupEligible: boolean;
  backedUp: boolean;
}

/** A new credential, as its registration shows it. */
export interface AttestedCredential {
  id: Uint8Array;
  publicKey: Uint8Array;
}

const [UP, UV, BE, BS, AT] = [0x01, 0x04, 0x08, 0x10, 0x40];

/** The AAGUID of no model, which most authenticators send without attestation. */
const AAGUID = Buffer.alloc(16);

/** Writes authenticator data (WebAuthn 3, section 6.1). */
export function authenticatorData(
  rpId: string,
  flags: PasskeyFlags,
  signCount: number,
  attested?: AttestedCredential,
): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(bitsOf(flags) | (attested ? AT : 0));
  head.writeUInt32BE(signCount, 1);
  return Buffer.concat([sha256(rpId), head, ...(attested ? attestedData(attested) : [])]);
}

function bitsOf({ userPresent, userVerified, backupEligible, backedUp }: PasskeyFlags): number {
  return (userPresent ? UP : 0) | (userVerified ? UV : 0) | (backupEligible ? BE : 0) | (backedUp ? BS : 0);
}

function attestedData({ id, publicKey }: AttestedCredential): Uint8Array[] {
  return [AAGUID, Buffer.from([id.length >> 8, id.length & 0xff]), id, publicKey];
}

/** Returns the SHA-256 of a text or of bytes. */
export function sha256(data: string | Uint8Array): Buffer {
  return createHash('sha256').update(data).digest();
}
