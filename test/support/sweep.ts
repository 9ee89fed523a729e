import type { DataSource } from 'typeorm';
import type { BootedApp } from './boot-app.js';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** Values that are random digits and letters by nature, in which six digits in a row mean nothing. */
const DIGESTS = /\b[0-9a-f]{64}\b|\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi;

/** The names of all tables, by the type of the data source. */
const TABLES: Record<string, string> = {
  'better-sqlite3': `SELECT name FROM sqlite_master WHERE type = 'table'`,
  postgres: `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
  mariadb: 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
};

/** Everything that a thief of the database, of its statements or of the log would hold at this moment, in lower case. */
export async function loot({ database, statements, log }: BootedApp): Promise<{ place: string; text: string }[]> {
  const tables = await database.query<{ name: string }[]>(TABLES[database.options.type]!);
  const rows = await Promise.all(
    tables.map(({ name }) => database.query<unknown[]>(`SELECT * FROM ${database.driver.escape(name)}`)),
  );
  return [
    { place: 'a row', text: JSON.stringify(rows) },
    ...fileOf(database),
    { place: 'a statement', text: JSON.stringify(statements) },
    { place: 'the log', text: log.join('\n') },
  ].map(({ place, text }) => ({ place, text: text.toLowerCase() }));
}

// Of a server, whose files are not the test's to read, the rows must do.
function fileOf({ options, driver }: DataSource): { place: string; text: string }[] {
  if (options.type !== 'better-sqlite3') return [];
  const { databaseConnection } = driver as unknown as { databaseConnection: { serialize(): Buffer } };
  return [{ place: 'the file', text: databaseConnection.serialize().toString('latin1') }];
}

/** Where a token, a key or a password stands in the loot, in whatever spelling. */
export function placesOf(secret: string, found: readonly { place: string; text: string }[]): string[] {
  const forms = spellings(secret).map((form) => form.toLowerCase());
  return found.filter(({ text }) => forms.some((form) => text.includes(form))).map(({ place }) => place);
}

/**
 * Where a one-time code stands in the loot: as six digits with no digit beside them, or encoded. The raw file is left to
 * the rows, since its numbers are no text.
 */
export function placesOfCode(code: string, found: readonly { place: string; text: string }[]): string[] {
  const alone = new RegExp(`(?<!\\d)${code}(?!\\d)`);
  const forms = encodings(Buffer.from(code)).map((form) => form.toLowerCase());
  return found
    .filter(({ place, text }) => {
      const inClear = place !== 'the file' && alone.test(text.replace(DIGESTS, ''));
      return inClear || forms.some((form) => text.includes(form));
    })
    .map(({ place }) => place);
}

function spellings(secret: string): string[] {
  const text = Buffer.from(secret);
  const bytes = Buffer.from(secret, 'base64');
  return [secret, ...encodings(text), ...(bytes.length >= 16 ? [bytes.toString('latin1'), ...encodings(bytes)] : [])];
}

function encodings(bytes: Buffer): string[] {
  return [
    bytes.toString('hex'),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    base32(bytes),
  ];
}

/** RFC 4648 §6, without padding. */
function base32(bytes: Buffer): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => BASE32[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}
