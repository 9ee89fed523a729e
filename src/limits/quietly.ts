import { Logger } from '@nestjs/common';
import { errorName } from '../core/error-name.js';

/** Counts an event that has already happened. A failure is only logged, because the answer is true without the count. */
export async function quietly(count: () => Promise<void>): Promise<void> {
  try {
    await count();
  } catch (error) {
    new Logger('MfaModule').error(`A message was not counted: ${errorName(error)}`);
  }
}
