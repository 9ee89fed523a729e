import type { LoggerService } from '@nestjs/common';
import type { Logger as QueryLogger } from 'typeorm';

/** An SQL statement, with its parameters. */
export interface Statement {
  sql: string;
  parameters: unknown[];
}

/** Each statement as its verb and its table of the module, e.g. `UPDATE mfa_session`. */
export function kindsOf(statements: readonly Statement[]): string[] {
  return statements.map(({ sql }) => `${/^\w+/.exec(sql)?.[0]} ${/"(mfa_\w+)"/.exec(sql)?.[1] ?? '?'}`);
}

/** A logger that keeps every line, at every level. */
export function lineLog(lines: string[]): LoggerService {
  const line = (...parts: unknown[]) =>
    void lines.push(parts.map((part) => (part instanceof Error ? String(part.stack) : JSON.stringify(part))).join(' '));
  return { log: line, error: line, warn: line, debug: line, verbose: line, fatal: line };
}

/** TypeORM's logger, which keeps every statement. */
export function queryLog(statements: Statement[]): QueryLogger {
  const keep = (sql: string, parameters: unknown[] = []) => void statements.push({ sql, parameters: [...parameters] });
  const ignore = () => undefined;
  return {
    logQuery: keep,
    logQueryError: ignore,
    logQuerySlow: ignore,
    logSchemaBuild: ignore,
    logMigration: ignore,
    log: ignore,
  };
}
