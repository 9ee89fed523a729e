/** A value in CBOR. The key of a map is a number or a text, in the order in which it is written. */
export type CborValue = number | string | Uint8Array | ReadonlyMap<number | string, CborValue>;

const [UNSIGNED, NEGATIVE, BYTES, TEXT, MAP] = [0, 1, 2, 3, 5];

/** Encodes in CBOR (RFC 8949) what a passkey needs: whole numbers, bytes, texts and maps. */
export function encodeCbor(value: CborValue): Buffer {
  if (typeof value === 'number') return value < 0 ? head(NEGATIVE, -1 - value) : head(UNSIGNED, value);
  if (typeof value === 'string') return withLength(TEXT, Buffer.from(value));
  if (value instanceof Uint8Array) return withLength(BYTES, value);
  return Buffer.concat([head(MAP, value.size), ...[...value].flat().map(encodeCbor)]);
}

function withLength(type: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([head(type, bytes.length), bytes]);
}

/** The type and its number, in as few bytes as possible. */
function head(type: number, count: number): Buffer {
  const major = type << 5;
  if (count < 24) return Buffer.from([major | count]);
  if (count < 0x100) return Buffer.from([major | 24, count]);
  if (count < 0x1_0000) return Buffer.from([major | 25, count >> 8, count & 0xff]);
  const long = Buffer.from([major | 26, 0, 0, 0, 0]);
  long.writeUInt32BE(count, 1);
  return long;
}
