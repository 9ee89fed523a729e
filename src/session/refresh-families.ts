import { type KeyedHash, sameText } from '../crypto/keyed-hash.js';

const ID = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/;

/** A UUID, and a keyed hash of it cut to as many bytes (RFC 2104 §5). */
const BYTES = 16;

/**
 * The text of refresh tokens: what all of one session share, and the secret of this one. The first part is the session's id under a
 * seal that only the module can make. Without the seal, everybody who knows a session's id could end it with a token that looks reused.
 */
export class RefreshFamilies {
  constructor(private readonly hashes: KeyedHash) {}

  /** A refresh token of a session. */
  token(id: string, secret: string): string {
    const bytes = Buffer.from(id.replaceAll('-', '') + sealOf(this.hashes.hash(LABEL, id)), 'hex');
    return `${bytes.toString('base64url')}.${secret}`;
  }

  /** The session's id and the secret of a token, or undefined for a text that the module has not made. */
  read(refreshToken: string): { id: string; secret: string } | undefined {
    const [family = '', secret] = refreshToken.split('.');
    const text = Buffer.from(family, 'base64url').toString('hex');
    const [, ...parts] = ID.exec(text.slice(0, 2 * BYTES)) ?? [];
    const [id, seal] = [parts.join('-'), text.slice(2 * BYTES)];
    if (!secret || !this.hashes.candidates(LABEL, id).some((hash) => sameText(sealOf(hash), seal))) return undefined;
    return { id, secret };
  }
}

const LABEL = 'refresh-family';

function sealOf(hash: string): string {
  return hash.slice(0, 2 * BYTES);
}
