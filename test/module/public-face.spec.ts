import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { exportsOf, programOf } from '../support/compiler.js';
import { readSources } from '../support/source-tree.js';

const INDEX = 'src/index.ts';
const program = programOf([INDEX]);
const checker = program.getTypeChecker();
const exported = exportsOf(program, INDEX);

/** Called by Nest, not by people. */
const HOOKS = new Set(['canActivate', 'catch', 'configure', 'onModuleInit', 'onModuleDestroy']);

const isDocumented = (symbol: ts.Symbol) =>
  ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim() !== '';

function publicMembers(symbol: ts.Symbol): ts.Symbol[] {
  return [...(symbol.members?.values() ?? [])].filter(({ valueDeclaration }) => {
    if (!valueDeclaration || ts.isParameter(valueDeclaration) || ts.isConstructorDeclaration(valueDeclaration))
      return false;
    return !(ts.getCombinedModifierFlags(valueDeclaration) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected));
  });
}

/** Members without a docstring, as `Class.member`. */
function bare(names: (name: string) => boolean, kinds: (symbol: ts.Symbol) => boolean): string[] {
  return exported
    .filter(({ name }) => names(name))
    .flatMap(({ name, symbol }) =>
      publicMembers(symbol)
        .filter((member) => kinds(member) && !HOOKS.has(member.name) && !isDocumented(member))
        .map((member) => `${name}.${member.name}`),
    );
}

describe('the public face', () => {
  it('exports these names and no other', () => {
    expect(exported.map(({ name }) => name).toSorted()).toMatchInlineSnapshot(`
      [
        "AbstractMultiFactorAuth",
        "AttemptOptions",
        "BackupCodeOptions",
        "Begun",
        "BlockedPhoneNumberError",
        "Challenge",
        "ChallengeClass",
        "ChallengeMetadata",
        "ChallengeRegistry",
        "ChallengeRequiredMessage",
        "ClientGrant",
        "Clock",
        "CodeMoment",
        "CodeOptions",
        "CodeSecret",
        "Credentials",
        "CurrentSession",
        "CurrentUser",
        "DEFAULT_WORDS",
        "DISABLED",
        "DevelopmentSmsSender",
        "DirectoryUser",
        "Enrolment",
        "ErrorFormatName",
        "EventOrigin",
        "Factor",
        "FailedChallengeDetails",
        "FailedChallengeError",
        "FindToken",
        "FirstProof",
        "ForgetOptions",
        "InvalidPhoneNumberError",
        "IssuedSession",
        "JwtSigner",
        "KeyProvider",
        "KeyReport",
        "KeyRotation",
        "Login",
        "LoginAttempt",
        "LoginOutcome",
        "LoginProtocol",
        "LoginRequest",
        "Message",
        "MessageFailure",
        "MessageLimit",
        "MessageOptions",
        "MfaAuditEvent",
        "MfaChallenge",
        "MfaClaims",
        "MfaError",
        "MfaErrorDetails",
        "MfaErrorFilter",
        "MfaEvent",
        "MfaEvents",
        "MfaLogin",
        "MfaMigration",
        "MfaMigrationOptions",
        "MfaModule",
        "MfaModuleAsyncOptions",
        "MfaModuleOptions",
        "MfaOAuthClient",
        "MfaRateLimit",
        "MfaSession",
        "MfaStatus",
        "MfaStructure",
        "MfaValues",
        "Misconfiguration",
        "Moment",
        "MultiFactorAuth",
        "MultiFactorAuthEntity",
        "MultiFactorAuthService",
        "NOT_SMS_DEVICE_CODES",
        "NamedUser",
        "NewOAuthClient",
        "NumberRefusal",
        "OAuthClients",
        "OAuthGrant",
        "OpenSession",
        "OwnCredential",
        "OwnLogin",
        "OwnSignIn",
        "PHONE_NUMBER",
        "PasswordOptions",
        "PhoneNumbers",
        "PromptBody",
        "PurgeReport",
        "Purpose",
        "QueuedSmsOutcome",
        "RegisteredChallenge",
        "RequestSchema",
        "RequireMfa",
        "RequireMfaGuard",
        "RequireMfaOptions",
        "RotationOptions",
        "RotationProgress",
        "RouteDecorators",
        "SMS",
        "SecondFactor",
        "SendSms",
        "SentMessage",
        "SessionGuard",
        "SessionOptions",
        "Sessions",
        "ShownChallenge",
        "ShownMethod",
        "SignIn",
        "SignInOutcome",
        "SmsChallenge",
        "SmsDelivery",
        "SmsMessage",
        "SmsOptions",
        "SmsQueue",
        "SmsRequest",
        "SmsSender",
        "SmsState",
        "StandardSchema",
        "StepUpOptions",
        "TotpChallenge",
        "TotpOptions",
        "TwilioHttpClient",
        "TwilioMessageError",
        "TwilioOptions",
        "TwilioSmsSender",
        "Upkeep",
        "UpkeepOptions",
        "UsedToken",
        "UserDirectory",
        "Verdict",
        "Word",
        "WordOverrides",
        "Words",
        "codeFor",
        "generateKey",
        "generateMfaCode",
        "jwtCredential",
        "mfaMigrations",
        "minutes",
        "readCode",
        "sentence",
        "spendCode",
        "verifyMfaCode",
      ]
    `);
  });

  it('says of every exported name what it does for its user', () => {
    expect(exported.filter(({ symbol }) => !isDocumented(symbol)).map(({ name }) => name)).toEqual([]);
  });

  it('says of every method what it does', () => {
    expect(
      bare(
        () => true,
        ({ flags }) => (flags & ts.SymbolFlags.Method) !== 0,
      ),
    ).toEqual([]);
  });

  it('says of every option what it means', () => {
    expect(
      bare(
        (name) => /Options$|^MfaValues$|^MfaStructure$/.test(name),
        () => true,
      ),
    ).toEqual([]);
  });

  it('takes no type from twilio, which an application may not have', () => {
    const declared = readSources().map(
      ({ path, syntax }) => ts.transpileDeclaration(syntax.text, { fileName: path }).outputText,
    );
    expect(declared.join('')).toContain('export interface TwilioHttpClient');
    expect(declared.filter((text) => /['"]twilio['"]/.test(text))).toEqual([]);
  });

  it('would notice a name without a docstring', () => {
    const path = `${process.cwd()}/src/bare.ts`;
    const bareProgram = programOf(
      [path],
      new Map([[path, 'export class Bare {}\n/** Told. */\nexport class Told {}']]),
    );
    const documented = exportsOf(bareProgram, path).map(
      ({ symbol }) => symbol.getDocumentationComment(bareProgram.getTypeChecker()).length > 0,
    );
    expect(documented).toEqual([false, true]);
  });
});
