import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { Person } from '../people.js';
import { hashFast } from './fast-hash.js';
import { User } from './user.entity.js';

/** Rows of one statement: SQLite and PostgreSQL take a limited number of parameters. */
const BATCH = 500;

/** Adds people to the table of users and returns their ids, in the same order. */
export async function addUsers(source: DataSource, persons: readonly Person[]): Promise<string[]> {
  const rows = persons.map(({ username, password }) => ({
    id: randomUUID(),
    username,
    passwordHash: hashFast(password),
  }));
  for (let first = 0; first < rows.length; first += BATCH) {
    await source.getRepository(User).insert(rows.slice(first, first + BATCH));
  }
  return rows.map(({ id }) => id);
}
