import * as fc from 'fast-check';

/** What a fuzzed request knows of the application: who may send what. */
export interface Insider {
  /** A live session of somebody without MFA, and an older one of somebody with it. */
  sessions: () => string[];
  username: string;
  password: string;
  clientId: string;
  clientSecret: string;
  /** Codes that must not be hit by chance. */
  rightCodes: string[];
}

const FIELDS = [
  'username',
  'password',
  'mfa_code',
  'backup_code',
  'phone_number',
  'grant_type',
  'scope',
  'refresh_token',
  'mfa_token',
  'method',
  'code',
  'response',
  'type',
  'name',
  'default',
  'otp',
  'oob_code',
  'binding_code',
  'recovery_code',
  'client_id',
  'client_secret',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'length',
  'then',
];

/** Texts that break what takes them for harmless. */
export const odd = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom(
    '',
    ' ',
    '\0',
    '\ud800',
    '__proto__',
    '../../etc',
    "' OR 1=1 --",
    '${7*7}',
    '%00',
    '\r\nX: y',
    'null',
  ),
  fc.constantFrom(
    'password',
    'refresh_token',
    'client_credentials',
    'http://auth0.com/oauth/grant-type/mfa-otp',
    'recovery',
    'sms',
    '+14155552671',
  ),
  fc.stringMatching(/^[0-9]{5,7}$/),
  fc.stringMatching(/^[0-9A-HJKMNP-TV-Z]{12}$/),
  fc.nat({ max: 60_000 }).map((length) => '0'.repeat(length)),
);
const value = fc.oneof({ weight: 5, arbitrary: odd }, { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 4 }) });
const anyFields = fc.dictionary(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...FIELDS) }, odd), value, {
  maxKeys: 8,
});
/** As somebody sends who means it. */
const likelyFields = fc.record(
  {
    username: fc.oneof(fc.constantFrom('dave', 'bob', 'nobody'), odd),
    password: odd,
    mfa_code: fc.oneof({ weight: 3, arbitrary: fc.stringMatching(/^[0-9]{6}$/) }, value),
    backup_code: fc.oneof(fc.stringMatching(/^[0-9A-Z]{12}$/), value),
    phone_number: fc.oneof(fc.stringMatching(/^1415555[0-9]{4}$/), value),
    grant_type: fc.constantFrom('password', 'refresh_token', 'client_credentials'),
    type: fc.oneof(fc.constant('sms'), value),
    name: odd,
    method: fc.oneof(fc.constantFrom('sms-of-5', 'sms-of-4', 'recovery'), value),
    code: fc.oneof(fc.stringMatching(/^[0-9]{6}$/), value),
    refresh_token: odd,
  },
  { requiredKeys: [] },
);
const fields = fc.oneof(likelyFields, anyFields);

/** A body: fields, maybe with the right password among them, written as JSON or as a form or cut off in the middle. */
const fieldBody = fc.record({
  fields,
  right: fc.boolean(),
  client: fc.boolean(),
  as: fc.constantFrom('json', 'json', 'json', 'form', 'form', 'cut', 'array', 'deep'),
});
/** Bytes that nobody has written. */
const raw = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.json({ maxDepth: 6 }).map((text) => Buffer.from(text)),
  fc.nat({ max: 120_000 }).map((length) => Buffer.alloc(length, '[')),
);

/** Any body, to be written when its insider is known. */
export const oddBody = fc.oneof({ weight: 4, arbitrary: fieldBody }, raw);

interface Body {
  fields: Record<string, unknown>;
  right: boolean;
  client: boolean;
  as: string;
}

/** The bytes of a body and the type that fits them. */
export function written(given: Body | Buffer, insider: Insider): [Buffer, string] {
  if (Buffer.isBuffer(given)) return [given, 'application/json'];
  const { username, password, clientId, clientSecret } = insider;
  const all: Record<string, unknown> = {
    ...given.fields,
    ...(given.right && { username, password }),
    ...(given.client && { grant_type: 'password', client_id: clientId, client_secret: clientSecret }),
  };
  // As JSON: an odd object may have a `toString` that is none.
  const code = JSON.stringify(all['mfa_code']) ?? '';
  if (insider.rightCodes.some((right) => code.includes(right))) delete all['mfa_code'];
  const json = JSON.stringify(all);
  if (given.as === 'form') {
    const texts = Object.entries(all).map(([name, one]): [string, string] => [
      name,
      typeof one === 'string' ? one : JSON.stringify(one),
    ]);
    return [Buffer.from(new URLSearchParams(texts).toString()), 'application/x-www-form-urlencoded'];
  }
  if (given.as === 'cut') return [Buffer.from(json.slice(0, -2)), 'application/json'];
  if (given.as === 'array') return [Buffer.from(`[${json}]`), 'application/json'];
  if (given.as === 'deep')
    return [Buffer.from(`{"username":${'{"a":'.repeat(50)}${json}${'}'.repeat(51)}`), 'application/json'];
  return [Buffer.from(json), 'application/json'];
}
