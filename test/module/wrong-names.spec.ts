import { describe, expect, it } from 'vitest';
import { DEFAULT_WORDS, MfaChallenge, MfaModule, RequireMfa, SmsChallenge } from '../../src/index.js';
import { DEFAULT_STRUCTURE, OPTIONS } from '../../src/mfa.options.js';
import { TEST_KEY } from '../support/boot-app.js';
import { byFactory, byOptions, SENTENCE, structure } from '../support/refused-start.js';

const UNKNOWN = /^MfaModule: Unknown option `([\w.]+)`\. Known options: [^\n]*\.$/;

describe('a name that nothing reads is refused, with the names that there are [F-16]', () => {
  const structureNames = Object.keys(DEFAULT_STRUCTURE);
  const valueNames = ['keys', 'sms', 'email', ...Object.keys(OPTIONS), 'managementScope', 'errorFormat', 'words'];
  const misspelt = (name: string) => [name.toLowerCase(), name.toUpperCase(), `${name} `, `${name}s`];

  it.each([...structureNames, ...valueNames])('%s, in another spelling', async (name) => {
    for (const wrong of misspelt(name).filter((one) => one !== name)) {
      const said = await byOptions({ [wrong]: true });
      expect(said).toContain(`MfaModule: Unknown option \`${wrong}\`. Known options: `);
      expect(said).toMatch(new RegExp(` ${name}[,.]`));
      expect(await byFactory({}, { [wrong]: true })).toContain(`Unknown option \`${wrong}\``);
    }
  });

  it.each(structureNames)('%s, in the answer of the factory', async (name) => {
    const said = await byFactory({
      keys: [TEST_KEY],
      [name]: DEFAULT_STRUCTURE[name as keyof typeof DEFAULT_STRUCTURE],
    });
    expect(said).toMatch(SENTENCE);
    expect(said).toContain(`\`${name}\` must stand beside the factory`);
  });

  it.each(valueNames)('%s, beside the factory, where it would be ignored', async (name) => {
    const said = await byFactory({ keys: [TEST_KEY] }, { [name]: undefined });
    expect(said).toMatch(SENTENCE);
    expect(said).toContain(`\`${name}\` must come from the factory`);
  });

  it('inside another option', async () => {
    const nested = [
      ...Object.entries(OPTIONS).flatMap(([slice, Slice]) =>
        Object.keys(new Slice()).map((name): [string, object] => [
          `${slice}.${name.toUpperCase()}`,
          { [slice]: { [name.toUpperCase()]: 1 } },
        ]),
      ),
      ...['Sender', 'fallBack', 'Queue', 'countries'].map((name): [string, object] => [
        `sms.${name}`,
        { sms: { [name]: 1 } },
      ]),
      ...['Sender', 'mail', 'canResetPassword'].map((name): [string, object] => [
        `email.${name}`,
        { email: { [name]: 1 } },
      ]),
      ...['hostname', 'requireTLS', 'auth'].map((name): [string, object] => [
        `email.smtp.${name}`,
        { email: { smtp: { [name]: 1 } } },
      ]),
      ...['accountSID', 'token'].map((name): [string, object] => [
        `sms.twilio.${name}`,
        { sms: { twilio: { [name]: '' } } },
      ]),
      ...Object.keys(DEFAULT_WORDS)
        .slice(0, 3)
        .map((name): [string, object] => [`words.${name}s`, { words: { [`${name}s`]: '' } }]),
      ...['Public', 'signedin'].map((name): [string, object] => [
        `routeDecorators.${name}`,
        { routeDecorators: { [name]: [] } },
      ]),
    ];
    for (const [name, options] of nested) expect(UNKNOWN.exec(await byOptions(options))?.[1]).toBe(name);
  });

  it('in a decorator', () => {
    expect(() => RequireMfa({ maxage: 300 } as never)).toThrow(
      'Unknown option `RequireMfa.maxage`. Known options: maxAge.',
    );
    expect(() => RequireMfa({ maxAge: '300' } as never)).toThrow('maxAge must be a positive number');
    class Own extends SmsChallenge {}
    MfaChallenge({ type: 'own', request: Own, lifeseconds: 60 } as never)(Own);
    expect(() => MfaModule.forRoot({ ...structure, keys: [TEST_KEY], challenges: [Own] })).toThrow(
      'Unknown option `MfaChallenge.lifeseconds`',
    );
  });
});
