import type ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { publicNames, publicProgram } from '../support/compiler.js';
import { docstringPages, pageOf } from '../support/docstring-examples.js';
import { complaintsOf } from '../support/examples.js';
import { readPages } from '../support/pages.js';

const PAGES = readPages();
const checker = publicProgram().getTypeChecker();

/** Every exported name and every member of one, as `Class.member`, with the names of its tags. */
const documented = publicNames().flatMap(({ name, symbol }) => [
  { name, tags: tagsOf(symbol) },
  ...[...(symbol.members?.values() ?? []), ...(symbol.exports?.values() ?? [])].map((member) => ({
    name: `${name}.${member.name}`,
    tags: tagsOf(member),
  })),
]);

function tagsOf(symbol: ts.Symbol): string[] {
  return symbol.getJsDocTags(checker).map((tag) => tag.name);
}

describe('the examples of docstrings', () => {
  it('compile', { timeout: 120_000 }, () => {
    const pages = docstringPages();
    expect(pages.length).toBeGreaterThan(15);
    expect(complaintsOf(pages, PAGES)).toEqual([]);
  });

  it('would be noticed if they did not', () => {
    const source = "import '';\n/**\n * @example\n * ```ts\n * const session = await sessions.find(5);\n * ```\n */\n";
    const complaints = complaintsOf([pageOf('src/session/wrong.ts', source)], PAGES);
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toContain('src/session/wrong.ts:5');
  });

  it('show how to use these names', () => {
    const shown = documented.filter(({ tags }) => tags.includes('example')).map(({ name }) => name);
    expect(shown.toSorted()).toMatchInlineSnapshot(`
      [
        "Challenge",
        "Clock",
        "CurrentSession",
        "CurrentUser",
        "FailedChallengeError",
        "Inbox",
        "Inbox.capture",
        "KeyProvider",
        "KeyRotation.run",
        "Login",
        "Login.authenticate",
        "Login.choose",
        "Login.decide",
        "Login.identified",
        "Login.resume",
        "MFA_ENTITIES",
        "MailSender",
        "MfaChallenge",
        "MfaEvents",
        "MfaLogin",
        "MfaLogin.authenticate",
        "MfaLogin.begin",
        "MfaLogin.finish",
        "MfaModule.forRoot",
        "MfaModule.forRootAsync",
        "MfaOpenApi.extend",
        "MultiFactorAuthService",
        "MultiFactorAuthService.checkAndUseBackupCode",
        "MultiFactorAuthService.disable",
        "MultiFactorAuthService.enable",
        "MultiFactorAuthService.endSessions",
        "MultiFactorAuthService.epoch",
        "MultiFactorAuthService.forget",
        "MultiFactorAuthService.importFactor",
        "MultiFactorAuthService.move",
        "MultiFactorAuthService.passwordChanged",
        "MultiFactorAuthService.refreshBackupCodes",
        "MultiFactorAuthService.status",
        "MultiFactorAuthService.unlock",
        "MultiFactorAuthService.within",
        "OAuthClients.create",
        "OpenSession.for",
        "OpenSession.signIn",
        "OwnCredential",
        "RequireMfa",
        "RequireMfaGuard",
        "SessionGuard",
        "Sessions",
        "SmsDelivery.deliver",
        "SmsQueue",
        "SmsSender",
        "TestClock",
        "Upkeep.purge",
        "UserDirectory",
        "VirtualAuthenticatorApp",
        "VirtualPasskey",
        "Words.say",
        "Words.sayCode",
        "codeFor",
        "describeChallengeContract",
        "describeKeyProviderContract",
        "describeSmsSenderContract",
        "describeStoreContract",
        "describeUserDirectoryContract",
        "generateKey",
        "generateMfaCode",
        "jwtCredential",
        "loginWithMfa",
        "mfaMigrations",
        "minutes",
        "readCode",
        "sentence",
        "sessionCredential",
        "signedInAs",
        "spendCode",
        "verifyMfaCode",
        "withStepUp",
      ]
    `);
  });

  // TypeScript takes an @ after white space for the next tag, also inside a code block, and an editor shows half of the example.
  it('have no decorator that would cut them in two', () => {
    const tags = documented.filter(({ name }) => !name.endsWith('.canActivate')).flatMap(({ tags: found }) => found);
    expect([...new Set(tags)].toSorted()).toEqual(['example', 'param', 'throws']);
  });
});
