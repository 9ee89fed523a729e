import { Logger } from '@nestjs/common';

/** Says whether the process runs in production, where nothing is logged that only helps to write the application. */
export function inProduction(): boolean {
  return process.env['NODE_ENV'] === 'production';
}

/** Tells a developer why something has not happened that has no error. In production it would be about one user of many. */
export class Hints {
  private readonly told = new Set<string>();

  /** Logs a text, once. */
  tell(text: string): void {
    if (inProduction() || this.told.has(text)) return;
    this.told.add(text);
    new Logger('MfaModule').warn(text);
  }
}
