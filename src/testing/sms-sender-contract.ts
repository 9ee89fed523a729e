import assert from 'node:assert/strict';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SmsSender } from '../challenge/sms/sms-sender.js';
import { FailedChallengeError } from '../challenge/failed-challenge-error.js';
import { type ContractRunner, runnerOf } from './contract-runner.js';

/** Your sender, which calls a gateway over HTTP. */
export interface SmsSenderContract extends ContractRunner {
  /** Makes the sender for a gateway at this origin, e.g. `http://127.0.0.1:49152`. */
  sender: (origin: string) => SmsSender;
  /** The status and the body with which your gateway accepts a message. Default: 200 and `{}`. */
  accepts?: { status: number; body?: object };
  /** The status and the body with which it refuses a message. Default: 400 and `{}`. */
  refuses?: { status: number; body?: object };
}

/**
 * Tests your `SmsSender` against a gateway on this machine. It must send the number and the text, throw if the gateway
 * refuses, and stop when its time is over. Works in vitest and Jest.
 * @example
 * ```ts
 * describeSmsSenderContract('AcmeSmsSender', { sender: (origin) => new AcmeSmsSender(origin) });
 * ```
 */
export function describeSmsSenderContract(name: string, contract: SmsSenderContract): void {
  const { describe, it } = runnerOf('describeSmsSenderContract', contract);
  const { accepts = { status: 200 }, refuses = { status: 400 } } = contract;
  describe(`the contract of an SMS sender: ${name}`, () => {
    it('sends the number and the text, and waits until the gateway has accepted them', async () => {
      const { sent } = await against(
        contract,
        (response) => answer(response, accepts),
        (sender) => send(sender),
      );
      const said = decoded(sent.join('\n'));
      assert.ok(said.includes('14085550101'), 'The gateway did not get the number.');
      assert.ok(said.includes('918273'), 'The gateway did not get the text.');
    });

    it('throws a FailedChallengeError if the gateway refuses', () =>
      againstRefusal(contract, (response) => answer(response, refuses), FailedChallengeError));

    it('throws if the connection breaks', () => againstRefusal(contract, (response) => response.destroy(), Error));

    it('stops when its signal aborts', async () => {
      const controller = new AbortController();
      const gateway = () => controller.abort();
      await against(contract, gateway, (sender) => assert.rejects(send(sender, controller.signal)));
    });
  });
}

type Gateway = (response: ServerResponse) => unknown;

/** Runs a test against a gateway, and returns what the gateway received. */
async function against(
  { sender }: SmsSenderContract,
  gateway: Gateway,
  test: (sender: SmsSender) => Promise<void>,
): Promise<{ sent: string[] }> {
  const sent: string[] = [];
  const server: Server = createServer((request, response) => {
    sent.push(request.url ?? '');
    request.setEncoding('utf8').on('data', (part: string) => sent.push(part));
    request.on('end', () => gateway(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await test(sender(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  } finally {
    server.closeAllConnections();
    server.close();
  }
  return { sent };
}

async function againstRefusal(
  contract: SmsSenderContract,
  gateway: Gateway,
  Expected: abstract new (...given: never[]) => Error,
): Promise<void> {
  await against(contract, gateway, (sender) => assert.rejects(send(sender), (error) => error instanceof Expected));
}

function send(sender: SmsSender, signal = new AbortController().signal): Promise<void> {
  return sender.send({ phoneNumber: '14085550101', text: 'Your code: 918273', code: '918273', userId: '7', signal });
}

function answer(response: ServerResponse, { status, body = {} }: { status: number; body?: object }): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function decoded(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' ').replace(/%(?![0-9a-f]{2})/gi, '%25'));
}
