import { Injectable } from '@nestjs/common';
import { Matches } from 'class-validator';
import { afterEach, describe, expect, it } from 'vitest';
import {
  Challenge,
  type Enrolment,
  MfaChallenge,
  sentence,
  type StandardSchema,
  type Verdict,
} from '../../src/index.js';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { openSession } from '../support/own-mfa.js';

class EchoRequest {
  @Matches(/^P[0-9]{4}$/, { message: '$value' }) bare!: string;
  @Matches(/^P[0-9]{4}$/, { message: 'not a pager: $value' }) inside!: string;
  @Matches(/^P[0-9]{4}$/, { message: sentence('invalid_phone_number') }) own!: string;
}

const echoSchema: StandardSchema = {
  '~standard': { validate: (value) => ({ issues: [{ message: (value as { bare: string }).bare }] }) },
};

abstract class Echo extends Challenge<object> {
  enrol(): Enrolment<object> {
    return { state: {}, hint: '' };
  }
  read(raw: unknown): string | undefined {
    return typeof raw === 'string' ? raw : undefined;
  }
  verify(): Verdict<object> {
    return { kind: 'wrong' };
  }
}

@Injectable()
@MfaChallenge({ type: 'echo', request: EchoRequest })
class EchoChallenge extends Echo {}

@Injectable()
@MfaChallenge({ type: 'schema', request: echoSchema })
class SchemaChallenge extends Echo {}

let booted: BootedApp;
afterEach(() => booted.close());

describe.each(PLATFORMS)('what a user typed on %s', (platform) => {
  it.each(['@word:locked', '@word:nope', '@word:constructor', '{code}', '@word:', 'x @word:locked y'])(
    '[X-17] is no template where a validator repeats it: %s',
    async (typed) => {
      booted = await bootApp({ platform, mfa: { challenges: [EchoChallenge, SchemaChallenge] } });
      const token = await openSession(booted, 'alice');
      const json = { bare: typed, inside: typed, own: typed };
      const { status, body } = await booted.client.put('/mfa/echo/request/', { token, json });
      const shown = ['Please enter a valid phone number.', `not a pager: ${typed}`];
      expect([status, (body['message'] as string[]).toSorted()]).toEqual([400, [...shown, typed].toSorted()]);
      const schema = await booted.client.put('/mfa/schema/request/', { token, json });
      expect([schema.status, schema.body['message']]).toEqual([400, [typed]]);
    },
  );

  it('[X-17] is no mark of a sentence, of which no answer has one', async () => {
    booted = await bootApp({ platform, mfa: { challenges: [EchoChallenge] } });
    const token = await openSession(booted, 'alice');
    const { text } = await booted.client.put('/mfa/echo/request/', { token, json: { own: 1, inside: 1, bare: 1 } });
    expect(text).not.toContain('@word');
  });
});
