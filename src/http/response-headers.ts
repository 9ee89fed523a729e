import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { ServerResponse } from 'node:http';
import { MfaError } from '../core/mfa-error.js';
import { UNCACHED } from './answer.js';
import { ErrorFormat, type RefusedRequest } from './error-format.js';

const JSON_TYPE = 'application/json; charset=utf-8';
const HEADERS = { ...UNCACHED, Vary: 'Authorization, Cookie' };

/** The parts of Express and Fastify that are used here. */
interface Server {
  use?: (handler: (...args: never[]) => void) => void;
  addHook?: (name: string, hook: (...args: never[]) => void) => void;
}

interface FastifyReply {
  statusCode: number;
  headers(headers: object): void;
}

type Done = (error?: null, payload?: unknown) => void;

/** Recognises the module's routes before the server has found a route. */
export class ModulePath {
  private readonly pattern: RegExp;
  private readonly oauth: RegExp;

  constructor(path: string) {
    const literal = path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    this.pattern = new RegExp(`/${literal}(?:/|$)`, 'i');
    this.oauth = new RegExp(`/${literal}/oauth2/`, 'i');
  }

  /** Says whether a URL is below the module's path, under any prefix. */
  holds(url: string): boolean {
    return this.pattern.test(pathOf(url));
  }

  /** Says whether a URL is one of the OAuth2 routes, whose errors have their own form. */
  isOAuth(url: string): boolean {
    return this.oauth.test(pathOf(url));
  }
}

// Fastify decodes a path before it finds the route.
function pathOf(url: string): string {
  const [path = ''] = url.split('?', 1);
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/**
 * Puts the contract's headers on every answer below the module's path. Some answers never reach a controller: a body that does
 * not parse, an unknown path, an error of the application's guard. So hooks set the headers before any of these.
 */
@Injectable()
export class ResponseHeaders {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly path: ModulePath,
    private readonly format: ErrorFormat,
  ) {
    // In tests, providers exist before the server.
    host.init$.subscribe(() => this.setUp());
  }

  /** Answers the bodies that Express' parsers refuse on the module's paths. Call it after the parsers are in place. */
  answerUnreadableBodies(): void {
    const server = this.server();
    if (server.addHook || !server.use) return;
    // Express recognises an error handler by its four parameters. The parser's message quotes the body, which may have a
    // password. So it must not reach a response or the application's log.
    server.use(
      (error: { status?: number }, request: RefusedRequest, response: ServerResponse, next: (e?: unknown) => void) => {
        if (!this.path.holds(request.url) || !isBodyError(error)) return next(error);
        response.statusCode = error.status ?? 400;
        response.setHeader('Content-Type', JSON_TYPE);
        response.end(this.unreadable(request, response.statusCode));
      },
    );
  }

  private setUp(): void {
    const server = this.server();
    if (server.addHook) this.setUpFastify(server);
    else this.setUpExpress(server);
  }

  private setUpExpress(server: Server): void {
    server.use?.((request: { url: string }, response: ServerResponse, next: () => void) => {
      if (this.path.holds(request.url)) setHeaders(response);
      next();
    });
  }

  private setUpFastify(server: Server): void {
    const unread = new WeakSet<object>();
    server.addHook?.('onRequest', ({ url }: { url: string }, reply: FastifyReply, done: Done) => {
      if (this.path.holds(url)) reply.headers(HEADERS);
      done();
    });
    server.addHook?.('preParsing', (request: { url: string }, _: unknown, payload: unknown, done: Done) => {
      if (this.path.holds(request.url)) unread.add(request);
      done(null, payload);
    });
    server.addHook?.('preValidation', (request: object, _: unknown, done: Done) => {
      unread.delete(request);
      done();
    });
    // An answer between these two hooks is the parser's refusal.
    server.addHook?.('onSend', (request: RefusedRequest, reply: FastifyReply, payload: unknown, done: Done) => {
      if (!unread.has(request)) return done(null, payload);
      reply.headers({ 'Content-Type': JSON_TYPE });
      done(null, this.unreadable(request, reply.statusCode));
    });
  }

  private unreadable(request: RefusedRequest, status: number): string {
    const error = new MfaError('malformed_body', { status });
    const isOAuth = this.path.isOAuth(request.url);
    return JSON.stringify((isOAuth ? this.format.oauthAnswer(error) : this.format.answer(error, request)).body);
  }

  private server(): Server {
    return this.host.httpAdapter?.getInstance<Server>() ?? {};
  }
}

function setHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
}

// An error of body-parser has a type and a 4xx status.
function isBodyError(error: { status?: number; type?: unknown }): boolean {
  return typeof error.type === 'string' && error.status !== undefined && error.status >= 400 && error.status < 500;
}
