import { afterEach, describe, expect, it } from 'vitest';
import { times } from '../support/guesses.js';
import { DATABASE_KINDS, describeOnEach } from '../support/databases.js';
import { enrolledByRow, rightCode } from '../support/factor-rows.js';
import { type Cluster, startCluster } from './cluster.js';
import { broken, LONG, REQUESTS } from './rounds.js';

const MENDED = (name: string) => `run npm dedupe until npm ls ${name} shows one.`;

await describeOnEach('an application with a second copy of a package', DATABASE_KINDS, (kind) => {
  let cluster: Cluster | undefined;
  afterEach(() => cluster?.close());

  it.each(['typeorm', '@nestjs/common'])(
    '[F-26] takes %s for what it is by its codes, and says so at the start',
    { timeout: LONG },
    async (name) => {
      cluster = await startCluster({ kind, count: 2, secondCopies: [name] });
      const { servers, rows } = cluster;
      await enrolledByRow(rows, 'alice');
      const at = (index: number) => servers[index % servers.length]!.client;
      const wrong = (who: (index: number) => string) =>
        Promise.all(times(REQUESTS, 0).map((_, index) => at(index).login(who(index), { password: 'wrong' })));
      // Each needs rows that none has yet, and all of them make the same ones.
      const guesses = [...(await wrong(() => 'bob')), ...(await wrong((index) => `user-${index % 3}`))];
      expect([broken(guesses), guesses.some(({ status }) => status === 400)]).toEqual([[], true]);

      const token = await at(0).token('carol');
      const json = { phone_number: '14085550144' };
      const asked = await Promise.all(
        times(10, 0).map((_, index) => at(index).put('/mfa/sms/request/', { token, json })),
      );
      expect([broken(asked), asked.filter(({ status }) => status === 200).length > 0]).toEqual([[], true]);

      const mfa_code = await rightCode(rows, 'alice');
      const right = await Promise.all(times(10, 0).map((_, index) => at(index).login('alice', { mfa_code })));
      expect([broken(right), right.filter(({ status }) => status === 200)]).toMatchObject([[], { length: 1 }]);
      expect(
        (await at(0).get('/me', { token: String(right.find(({ status }) => status === 200)!.body['token']) })).status,
      ).toBe(200);
      for (const { log } of servers) {
        expect(log.join('').split(`Two copies of ${name} are installed: ${MENDED(name)}`)).toHaveLength(2);
      }
    },
  );
});

describe('an application with a second copy of what it must share', () => {
  it.each([
    ['@nestjs/core', ['@nestjs/core']],
    ['@nestjs/core', ['@nestjs/core', '@nestjs/common']],
    ['@nestjs/typeorm', ['@nestjs/typeorm']],
    ['@nestjs/typeorm', ['@nestjs/typeorm', 'typeorm']],
    // A package that is linked finds its own copy of everything.
    ['@nestjs/core', ['@nestjs/core', '@nestjs/common', '@nestjs/typeorm', 'typeorm']],
  ])('[F-26] refuses to start, and names %s', { timeout: LONG }, async (named, secondCopies) => {
    await expect(startCluster({ kind: 'sqlite', count: 1, secondCopies })).rejects.toThrow(
      `Misconfiguration: MfaModule: two copies of ${named} are installed, and Nest uses the other one, e.g. ${MENDED(named)}`,
    );
  });
});
