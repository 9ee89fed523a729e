import type { DataSource } from 'typeorm';

const RAISE = "RAISE EXCEPTION 'the process is gone'";
const SIGNAL = "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the process is gone'";

/** What makes every new session fail, and what undoes it, by the type of the data source. */
const TRIGGERS: Record<string, { make: string[]; undo: string[] }> = {
  'better-sqlite3': {
    make: [`CREATE TRIGGER broken BEFORE INSERT ON mfa_session BEGIN SELECT RAISE(ABORT, 'the process is gone'); END`],
    undo: ['DROP TRIGGER broken'],
  },
  postgres: {
    make: [
      `CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${RAISE}; END $$`,
      'CREATE TRIGGER broken BEFORE INSERT ON mfa_session FOR EACH ROW EXECUTE FUNCTION broken()',
    ],
    undo: ['DROP TRIGGER broken ON mfa_session', 'DROP FUNCTION broken'],
  },
  mariadb: {
    make: [`CREATE TRIGGER broken BEFORE INSERT ON mfa_session FOR EACH ROW ${SIGNAL}`],
    undo: ['DROP TRIGGER broken'],
  },
};

/** Makes the database fail over every new session, until the function that it gives is called. */
export async function breakInserts(database: DataSource): Promise<() => Promise<void>> {
  const { make, undo } = TRIGGERS[database.options.type]!;
  const run = async (statements: readonly string[]) => {
    for (const sql of statements) await database.query(sql);
  };
  await run(make);
  return () => run(undo);
}
