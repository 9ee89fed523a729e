/* oxlint-disable promise/valid-params, promise/no-promise-in-callback -- an ExceptionFilter's method is named `catch` */
import {
  type ArgumentsHost,
  type CallHandler,
  Catch,
  Controller,
  type ExecutionContext,
  Get,
  type INestApplication,
  Module,
  type NestInterceptor,
  NotFoundException,
} from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, BaseExceptionFilter } from '@nestjs/core';
import { catchError, EMPTY, lastValueFrom, map, type Observable, of, tap, throwError, timeout } from 'rxjs';
import { afterEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { MfaExceptionFilter } from '../../src/http/mfa-exception.filter.js';
import { OAuthExceptionFilter } from '../../src/login/oauth2/oauth-exception.filter.js';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { MfaSession } from '../../src/index.js';
import { enrolledByRow } from '../support/factor-rows.js';
import { openSession } from '../support/own-mfa.js';
import { successes } from '../support/successes.js';

type Intercept = (context: ExecutionContext, next: CallHandler) => Observable<unknown> | Promise<Observable<unknown>>;

/** What teams write: each makes an error of its own out of what it does not expect. */
const KINDS: Record<string, Intercept> = {
  'maps a field of the body': (_, next) =>
    next.handle().pipe(map(({ items }: { items?: unknown }) => ({ data: items }))),
  'has a time limit': (_, next) => next.handle().pipe(timeout(60_000)),
  'translates errors': (_, next) => next.handle().pipe(catchError((error: Error) => throwError(() => error))),
  'waits for the value': async (_, next) => of(await lastValueFrom(next.handle())),
  'takes no value for a 404': (_, next) =>
    next.handle().pipe(
      tap((value) => {
        if (value === undefined || value === null) throw new NotFoundException();
      }),
    ),
};

/** Answers at once, and calls the handler when nobody waits for it. */
function later(_: ExecutionContext, next: CallHandler): Observable<unknown> {
  setImmediate(() => next.handle().subscribe({ error: () => undefined }));
  return of({ mine: true });
}

/** A request as an interceptor of the application sees it. */
class Watch implements NestInterceptor {
  readonly seen: string[] = [];

  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      tap({
        next: (value) => this.seen.push(JSON.stringify(value)),
        error: (error: Error) => this.seen.push(error.name),
        complete: () => this.seen.push('end'),
      }),
    );
  }
}

@Controller('own')
class OwnController {
  @Get()
  get(): object {
    return { own: true };
  }
}

describe.each(PLATFORMS)("an application's interceptors on %s", (platform) => {
  let booted: BootedApp;
  let watch: Watch;
  let tracked: unknown[];
  let rendered: MockInstance[];
  const caught = () => [...tracked, ...rendered.flatMap(({ mock }) => mock.calls.map(([error]) => error as unknown))];

  afterEach(async () => {
    vi.restoreAllMocks();
    await booted.close();
  });

  async function boot(setUp?: (app: INestApplication) => void): Promise<void> {
    [watch, tracked, rendered] = [new Watch(), [], []];

    @Catch()
    class Track extends BaseExceptionFilter {
      override catch(error: unknown, host: ArgumentsHost): void {
        tracked.push(error);
        super.catch(error, host);
      }
    }

    @Module({
      providers: [
        { provide: APP_INTERCEPTOR, useValue: watch },
        { provide: APP_FILTER, useClass: Track },
      ],
    })
    class TracedModule {}

    for (const Filter of [MfaExceptionFilter, OAuthExceptionFilter]) {
      rendered.push(vi.spyOn(Filter.prototype, 'catch'));
    }
    booted = await bootApp({ platform, imports: [TracedModule], controllers: [OwnController], setUp });
  }

  it('[F-28] see each success of each route end without an error, and nothing of its body', async () => {
    await boot();
    for await (const { route, answered } of successes(booted)) {
      // The server answers OPTIONS by itself, as it answers a preflight of CORS.
      const seen = route.startsWith('OPTIONS') ? [] : ['{}', 'end'];
      expect([route, watch.seen, caught()]).toEqual([route, seen, []]);
      expect(answered.headers.get('cache-control')).toBe('no-store');
      watch.seen.length = 0;
    }
  });

  it.each(Object.entries(KINDS))('[F-28] make no error of a success: one that %s', async (_, intercept) => {
    await boot((app) => void app.useGlobalInterceptors({ intercept }));
    booted.log.length = 0;
    for await (const { route } of successes(booted)) {
      expect([route, caught(), watch.seen.at(-1)]).toEqual([route, [], 'end']);
    }
    expect(booted.log.filter((line) => /error/i.test(line))).toEqual([]);
    expect((await booted.client.get('/own')).status).toBe(200);
  });

  it.each([
    ['a value of its own', () => of({ mine: true })],
    ['nothing', () => EMPTY],
    ['a value, and calls the handler later', later],
  ])(
    '[F-28] refuse what they skip, with %s: only what may be cached is told all the same',
    async (_, intercept: Intercept) => {
      await boot((app) => void app.useGlobalInterceptors({ intercept }));
      await enrolledByRow(booted, 'bob');
      const token = await openSession(booted, 'bob');
      const sessions = booted.database.getRepository(MfaSession);
      const before = await sessions.find();
      const answers = [
        await booted.client.login('alice'),
        await booted.client.login('alice', { password: 'wrong' }),
        await booted.client.delete('/mfa/', { token }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
      await new Promise(setImmediate);
      expect(await sessions.find()).toEqual(before);
      expect((await booted.client.get('/mfa/', { token })).body).toMatchObject({ enabled: true });
    },
  );

  it('[F-28] swallow no error: the client is told it', async () => {
    await boot((app) => {
      const intercept: Intercept = (_, next) => next.handle().pipe(catchError(() => of({ fine: true })));
      app.useGlobalInterceptors({ intercept });
    });
    const { status, body } = await booted.client.login('alice', { password: 'wrong' });
    expect([status, body['code']]).toEqual([400, 'invalid_credentials']);
    expect((await booted.client.token('alice')).length).toBeGreaterThan(20);
  });

  it('[F-28] see a refusal as the error that it is, and can refuse more', async () => {
    await boot();
    await booted.client.login('alice', { password: 'wrong' });
    expect(watch.seen).toEqual(['MfaError']);
    await booted.close();
    const refusal = new NotFoundException('closed');
    await boot((app) => void app.useGlobalInterceptors({ intercept: () => throwError(() => refusal) }));
    expect((await booted.client.login('alice')).status).toBe(404);
    expect(booted.users.verifications).toEqual([]);
  });
});
