import { type ArgumentsHost, HttpException } from '@nestjs/common';
import { createRequire } from 'node:module';
import { throwError } from 'rxjs';
import { MfaError } from '../core/mfa-error.js';
import type { Words } from '../core/words.js';
import { errorAnswer } from './error-body.js';

/** The body sent for a refused message. */
interface MessageError {
  status: 'error';
  message: unknown;
  code: string;
}

/** The parts of a `ws` or socket.io socket that are used here. On `ws`, `emit` is local. */
interface Socket {
  readyState?: unknown;
  send?(text: string): void;
  emit?(event: string, data: unknown): void;
  once?(event: string, listener: (data: unknown) => void): void;
  off?(event: string, listener: (data: unknown) => void): void;
}

/** Returns the refusal for a handler without an HTTP request, as its transport's exception. */
export function refusalElsewhere(host: ArgumentsHost): Error {
  const refusal = new MfaError('http_only');
  const { message, code } = refusal;
  const error: MessageError = { status: 'error', message, code };
  switch (host.getType<string>()) {
    case 'ws':
      sendWhatNestEmits(host.switchToWs().getClient<Socket | undefined>());
      return exceptionOf('@nestjs/websockets', 'WsException', error) ?? refusal;
    case 'rpc':
      return exceptionOf('@nestjs/microservices', 'RpcException', error) ?? refusal;
    default:
      return refusal;
  }
}

/** Answers an error of the module without an HTTP response. Nest sends what it returns or throws. */
export function answerElsewhere(error: MfaError, host: ArgumentsHost, words: Words): unknown {
  const { status, body } = errorAnswer(error, words);
  const { message } = body as { message: unknown };
  const told: MessageError = { status: 'error', message, code: error.code };
  switch (host.getType<string>()) {
    case 'ws':
      return tell(host.switchToWs().getClient<Socket | undefined>(), told);
    case 'rpc':
      return throwError(() => told);
    default:
      throw new HttpException(body, status, { cause: error });
  }
}

function tell(client: Socket | undefined, error: MessageError): void {
  if (isNative(client)) return client.send(JSON.stringify({ event: 'exception', data: error }));
  if (typeof client?.emit !== 'function') throw new TypeError(`There is no socket to tell: ${String(error.message)}`);
  client.emit('exception', error);
}

// Nest 11 emits the error on a `ws` socket, which never leaves the process, so forward it. Nest 12 sends it itself; the listener
// is removed before anything else happens.
function sendWhatNestEmits(client: Socket | undefined): void {
  if (!isNative(client)) return;
  const send = (error: unknown) => tell(client, error as MessageError);
  client.once?.('exception', send);
  setImmediate(() => client.off?.('exception', send));
}

function isNative(client: Socket | undefined): client is Socket & { send(text: string): void } {
  return typeof client?.readyState === 'number' && typeof client.send === 'function';
}

// Loaded on first use: the package is an optional peer. If it is missing, Nest answers "Internal server error", which still
// refuses the call.
function exceptionOf(name: string, exception: string, error: MessageError): Error | undefined {
  try {
    const exceptions = createRequire(import.meta.url)(name) as Record<string, new (error: object) => Error>;
    return new exceptions[exception]!(error);
  } catch {
    return undefined;
  }
}
