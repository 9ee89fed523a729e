import { type ArgumentsHost, HttpException } from '@nestjs/common';
import { createRequire } from 'node:module';
import { throwError } from 'rxjs';
import { MfaError } from '../core/mfa-error.js';
import type { Words } from '../core/words.js';
import { errorAnswer } from './error-body.js';

/** What a message that is refused is answered with. */
interface MessageError {
  status: 'error';
  message: unknown;
  code: string;
}

/** What of a WebSocket is used here: of `ws`, whose `emit` reaches nobody, or of socket.io. */
interface Socket {
  readyState?: unknown;
  send?(text: string): void;
  emit?(event: string, data: unknown): void;
  once(event: string, listener: (data: unknown) => void): void;
  off(event: string, listener: (data: unknown) => void): void;
}

/** The refusal of a handler that answers no HTTP request, as the exception that its transport knows. */
export function refusalElsewhere(host: ArgumentsHost): Error {
  const refusal = new MfaError('http_only');
  const { message, code } = refusal;
  const error: MessageError = { status: 'error', message, code };
  switch (host.getType<string>()) {
    case 'ws':
      passOn(host.switchToWs().getClient<Socket>());
      return exceptionOf('@nestjs/websockets', 'WsException', error) ?? refusal;
    case 'rpc':
      return exceptionOf('@nestjs/microservices', 'RpcException', error) ?? refusal;
    default:
      return refusal;
  }
}

/** Answers an error of the module where there is no HTTP response. What is returned or thrown, Nest hands on. */
export function answerElsewhere(error: MfaError, host: ArgumentsHost, words: Words): unknown {
  const { status, body } = errorAnswer(error, words);
  const { message } = body as { message: unknown };
  const told: MessageError = { status: 'error', message, code: error.code };
  switch (host.getType<string>()) {
    case 'ws':
      return tell(host.switchToWs().getClient<Socket>(), told);
    case 'rpc':
      return throwError(() => told);
    default:
      throw new HttpException(body, status, { cause: error });
  }
}

function tell(client: Socket, error: unknown): void {
  if (isNative(client)) client.send(JSON.stringify({ event: 'exception', data: error }));
  else client.emit?.('exception', error);
}

// Nest 11 answers a refused message of `ws` by emitting it, which only this process hears. Nest 12 sends it; by then nobody
// emits, and nobody listens any more.
function passOn(client: Socket): void {
  if (!isNative(client)) return;
  const send = (error: unknown) => tell(client, error);
  client.once('exception', send);
  setImmediate(() => client.off('exception', send));
}

function isNative(client: Socket): client is Socket & { send(text: string): void } {
  return typeof client.readyState === 'number' && typeof client.send === 'function';
}

// Loaded at the first refusal: only an application with such handlers has the package. Where it is not found from here, Nest's own
// filter answers "Internal server error", which opens as little.
function exceptionOf(name: string, exception: string, error: MessageError): Error | undefined {
  try {
    const exceptions = createRequire(import.meta.url)(name) as Record<string, new (error: object) => Error>;
    return new exceptions[exception]!(error);
  } catch {
    return undefined;
  }
}
