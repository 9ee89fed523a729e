import { describe, expect, it } from 'vitest';
import { NewFactorBody } from '../../src/enrolment/factor-body.js';
import { readBody } from '../../src/http/body.js';
import { cheapest } from '../support/cpu-time.js';

describe('the name of a factor', () => {
  it.each(['x', '\u0000', ' ', 'x\u0000'])(
    '[I-12] costs no more than its length to refuse, of many %j',
    async (text) => {
      const name = `${text.repeat(50_000)}\u0000\u0000`;
      const read = () => Promise.resolve().then(() => readBody(NewFactorBody, { type: 'totp', name }));
      const [refused, milliseconds] = await cheapest(100, () =>
        read().then(
          () => false,
          () => true,
        ),
      );
      expect(refused).toBe(true);
      expect(milliseconds).toBeLessThan(100);
    },
  );
});
