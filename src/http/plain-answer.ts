import type { Answer } from './answer.js';

/** What filters need of `Answer`. */
export type SendsAnswers = Pick<Answer, 'send' | 'isSent'>;

/** The methods that the responses of Express and Fastify share. */
interface PlainResponse {
  headersSent?: boolean;
  sent?: boolean;
  header(name: string, value: string): unknown;
  status(status: number): { send(body: unknown): unknown };
}

/** Sends an answer without the module, for unit tests of a controller alone. */
export class PlainAnswer implements SendsAnswers {
  send(response: unknown, body: unknown, status = 200, headers: Record<string, string> = {}): void {
    const plain = response as PlainResponse;
    for (const [name, value] of Object.entries(headers)) plain.header(name, value);
    plain.status(status).send(body);
  }

  isSent(response: unknown): boolean {
    const { headersSent, sent } = response as PlainResponse;
    return headersSent ?? sent ?? false;
  }
}
