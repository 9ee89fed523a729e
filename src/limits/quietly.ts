import { Logger } from '@nestjs/common';
import { errorName } from '../core/error-name.js';

/** Counts what has happened already. A failure is only logged: an answer that says something else would be a lie. */
export async function quietly(count: () => Promise<void>): Promise<void> {
  try {
    await count();
  } catch (error) {
    new Logger('MfaModule').error(`A message was not counted: ${errorName(error)}`);
  }
}
