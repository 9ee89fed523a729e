import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withinSeconds } from '../../src/core/within-seconds.js';

const never = () => new Promise<never>(() => undefined);

describe('withinSeconds', () => {
  let unhandled: unknown[];
  let listeners: NodeJS.UnhandledRejectionListener[];
  beforeEach(() => {
    unhandled = [];
    listeners = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', (reason) => void unhandled.push(reason));
  });
  afterEach(() => {
    process.removeAllListeners('unhandledRejection');
    listeners.forEach((listener) => process.on('unhandledRejection', listener));
  });

  it('gives what the call gives', async () => {
    await expect(withinSeconds(60, () => Promise.resolve(7))).resolves.toBe(7);
    await expect(withinSeconds(60, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it('fails when the time is over, and aborts the call', async () => {
    let given: AbortSignal | undefined;
    const late = withinSeconds(0.01, (signal) => {
      given = signal;
      return never();
    });
    await expect(late).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(given!.aborted).toBe(true);
  });

  // Node ends a process whose rejection nobody handles: a plain function as sender must not be able to.
  it('leaves nothing behind that rejects later, also where the call throws at once', async () => {
    let given: AbortSignal | undefined;
    const failed = withinSeconds(0.01, (signal) => {
      given = signal;
      throw new Error('at once');
    });
    await expect(failed).rejects.toThrow('at once');
    await setImmediate();
    expect(given!.aborted).toBe(false);
    expect(unhandled).toEqual([]);
  });
});
