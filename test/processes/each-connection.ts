import type { DataSource } from 'typeorm';

/** The pool of mysql2, as far as it is used here. */
interface Pool {
  on(event: 'connection', listener: (connection: { query(sql: string): void }) => void): void;
}

/** Runs a statement on each connection of a MariaDB pool: the one that is open and all that come. */
export async function eachConnection(source: DataSource, sql: string | undefined): Promise<void> {
  if (!sql) return;
  const { pool } = source.driver as unknown as { pool: Pool };
  pool.on('connection', (connection) => connection.query(sql));
  await source.query(sql);
}
