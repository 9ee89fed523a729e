import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { codeByLogin, enrolled } from '../support/enrolled.js';
import { eventLog } from '../support/event-log.js';
import { rightCode, rowOf } from '../support/factor-rows.js';
import { holdReads } from '../support/hold-reads.js';
import { loginRoute } from '../support/logins.js';
import { par } from '../support/par.js';

let booted: BootedApp;
afterEach(() => booted.close());

describe('two right codes of neighbouring windows at the same moment', () => {
  it('[S-18] let one in, and the owner hears of no wrong code and keeps every attempt', async () => {
    const { listener, count } = eventLog();
    booted = await bootApp({ mfa: { events: listener } });
    await enrolled(booted, 'bob');
    await codeByLogin(booted, 'bob');
    const login = await loginRoute(booted, 'authtoken');
    const codes = [await rightCode(booted, 'bob'), await rightCode(booted, 'bob', { drift: -1 })];
    expect(codes[0]).not.toBe(codes[1]);
    const { codeArrival } = await rowOf(booted, 'bob');
    // Both have read the row before one of them writes.
    holdReads([booted.database], 2);
    const answers = await par([booted], 2, (index) => login.request('bob', { mfa_code: codes[index]! }));
    expect(answers.filter((answer) => login.token(answer))).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(1);
    const row = await rowOf(booted, 'bob');
    expect(row.codeFailures).toBe(0);
    expect(row.codeArrival.getTime()).toBeLessThanOrEqual(
      Math.max(codeArrival.getTime(), booted.clock.now().getTime()),
    );
    expect(count('proof_refused', String(booted.users.named('bob').id))).toBe(0);
  });
});
