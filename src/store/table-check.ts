import type { OnApplicationBootstrap } from '@nestjs/common';
import type { ObjectLiteral } from 'typeorm';
import { Misconfiguration } from '../core/misconfiguration.js';
import { missingPart } from './database-errors.js';
import type { Rows } from './rows.js';

const EXAMPLE =
  'e.g. migrations: [...mfaMigrations()], migrationsRun: true in TypeOrmModule.forRoot, or synchronize: true while you try it';

/** Refuses to start if a table or a column is missing, because every login would fail. */
export class TableCheck implements OnApplicationBootstrap {
  constructor(
    /** Refuses a data source that is not connected, or does not know the entities. */
    private readonly checkSource: () => void,
    private readonly tables: readonly Rows<ObjectLiteral>[],
  ) {}

  /** Runs late, because an application may connect and migrate after Nest has created its providers. @throws {Misconfiguration} */
  async onApplicationBootstrap(): Promise<void> {
    this.checkSource();
    for (const table of this.tables) await check(table);
  }
}

async function check(table: Rows<ObjectLiteral>): Promise<void> {
  switch (await missingIn(table)) {
    case 'table':
      throw new Misconfiguration(`The table \`${table.name}\` is missing, ${EXAMPLE}.`);
    case 'column':
      throw new Misconfiguration(
        `The table \`${table.name}\` has no column \`${await missingColumn(table)}\`, ${EXAMPLE}.`,
      );
    default:
  }
}

async function missingIn(
  table: Rows<ObjectLiteral>,
  columns = table.columnNames,
): Promise<'table' | 'column' | undefined> {
  try {
    await table.readNothing(columns);
    return undefined;
  } catch (error) {
    // Starts during an outage: requests are refused until it ends.
    return missingPart(error);
  }
}

async function missingColumn(table: Rows<ObjectLiteral>): Promise<string> {
  for (const name of table.columnNames) if ((await missingIn(table, [name])) === 'column') return name;
  return '…';
}
