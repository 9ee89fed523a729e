import { Logger } from '@nestjs/common';

/** Says whether the process runs in production, where hints for developers are not logged. */
export function inProduction(): boolean {
  return process.env['NODE_ENV'] === 'production';
}

/** Tells a developer why a request was refused without an error. Silent in production. */
export class Hints {
  private readonly told = new Set<string>();

  /** Logs a text, once. */
  tell(text: string): void {
    if (inProduction() || this.told.has(text)) return;
    this.told.add(text);
    new Logger('MfaModule').warn(text);
  }
}
