import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { type CborValue, encodeCbor } from './cbor.js';

/** A key pair of a passkey. */
export interface PasskeyKey {
  /** The number of its algorithm (COSE), e.g. -7. */
  algorithm: number;
  /** The public key in the format of authenticator data (COSE_Key). */
  cose: Buffer;
  /** The public key in the format of a browser (SubjectPublicKeyInfo). */
  spki: Buffer;
  sign(data: Uint8Array): Buffer;
}

/** The parameters of the key, its kind first. */
type Parameters = [kind: Labelled, ...Labelled[]];
type Labelled = [label: number, value: CborValue];

interface Algorithm {
  pair(): { publicKey: KeyObject; privateKey: KeyObject };
  /** The hash that it signs; null if it signs the data. */
  hash: string | null;
  /** The parameters of a public key, by their labels (RFC 9053). */
  parameters(jwk: Record<string, string>): Parameters;
}

const [EDDSA, ES256, ES384, RS256] = [-8, -7, -35, -257];

const ALGORITHMS = new Map<number, Algorithm>([
  [ES256, elliptic('P-256', 1, 'sha256')],
  [ES384, elliptic('P-384', 2, 'sha384')],
  [
    EDDSA,
    {
      pair: () => generateKeyPairSync('ed25519'),
      hash: null,
      parameters: ({ x }) => [
        [1, 1],
        [-1, 6],
        [-2, bytes(x)],
      ],
    },
  ],
  [
    RS256,
    {
      pair: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
      hash: 'sha256',
      parameters: ({ n, e }) => [
        [1, 3],
        [-1, bytes(n)],
        [-2, bytes(e)],
      ],
    },
  ],
]);

function elliptic(namedCurve: string, curve: number, hash: string): Algorithm {
  const parameters = ({ x, y }: Record<string, string>): Parameters => [
    [1, 2],
    [-1, curve],
    [-2, bytes(x)],
    [-3, bytes(y)],
  ];
  return { pair: () => generateKeyPairSync('ec', { namedCurve }), hash, parameters };
}

/** Says whether a passkey can sign with an algorithm: EdDSA (-8), ES256 (-7), ES384 (-35) or RS256 (-257). */
export function canSign(algorithm: number): boolean {
  return ALGORITHMS.has(algorithm);
}

/** Makes a key pair. `padding` adds this number of bytes to its public key, under an unused label. */
export function makePasskeyKey(algorithm: number, padding = 0): PasskeyKey {
  const known = ALGORITHMS.get(algorithm);
  if (!known)
    throw new RangeError(
      `VirtualPasskey: unknown algorithm ${algorithm}. Known: ${[...ALGORITHMS.keys()].join(', ')}.`,
    );
  const { publicKey, privateKey } = known.pair();
  const [kind, ...parameters] = known.parameters(publicKey.export({ format: 'jwk' }) as Record<string, string>);
  const padded: Labelled[] = padding > 0 ? [[-70_000, new Uint8Array(padding)]] : [];
  return {
    algorithm,
    cose: encodeCbor(new Map([kind, [3, algorithm], ...parameters, ...padded])),
    spki: publicKey.export({ format: 'der', type: 'spki' }),
    sign: (data) => sign(known.hash, data, privateKey),
  };
}

function bytes(text: string | undefined): Buffer {
  return Buffer.from(text ?? '', 'base64url');
}
