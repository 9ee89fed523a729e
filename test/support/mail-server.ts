import { type AddressObject, type ParsedMail, simpleParser } from 'mailparser';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';

/** A mail that the server has accepted. */
export interface ReceivedMail {
  /** As the SMTP dialogue had them, whatever the headers say. */
  from: string;
  recipients: string[];
  /** As it came over the wire. */
  raw: string;
  parsed: ParsedMail;
}

/** An answer that refuses, e.g. `550 5.1.1 No such user`. */
export class SmtpRefusal extends Error {
  readonly responseCode: number;

  constructor(line: string) {
    super(line.slice(4));
    this.responseCode = Number(line.slice(0, 3));
  }
}

/** A real SMTP server on this machine, which keeps what it gets. */
export class MailServer {
  readonly mails: ReceivedMail[] = [];
  /** What the server answers to a recipient, and to a message, in place of `250`. */
  refusals: { recipient?: string; message?: string } = {};
  /** Runs before a message is answered. */
  before: () => Promise<void> = () => Promise.resolve();

  private constructor(readonly server: SMTPServer) {}

  static async start(options: SMTPServerOptions = {}): Promise<MailServer> {
    const holder: { one?: MailServer } = {};
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      disableReverseLookup: true,
      closeTimeout: 100,
      onRcptTo: (_address, _session, done) => done(refusalOf(holder.one?.refusals.recipient)),
      onData: (stream, session, done) => {
        void holder.one!.receive(stream, session, done);
      },
      ...options,
    });
    // A client that goes away in the middle.
    server.on('error', () => undefined);
    const one = new MailServer(server);
    holder.one = one;
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return one;
  }

  get port(): number {
    return (this.server.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  last(): ReceivedMail {
    const last = this.mails.at(-1);
    if (!last) throw new Error('no mail came');
    return last;
  }

  /** The code of the last mail. */
  lastCode(): string {
    return /Code: ([0-9]{6,10})/.exec(this.last().parsed.text ?? '')?.[1] ?? '';
  }

  close(): Promise<void> {
    return new Promise((closed) => this.server.close(closed));
  }

  private async receive(
    stream: SMTPServerDataStream,
    { envelope }: SMTPServerSession,
    done: (error?: Error | null) => void,
  ): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    await this.before();
    if (this.refusals.message !== undefined) return done(refusalOf(this.refusals.message));
    const raw = Buffer.concat(chunks);
    this.mails.push({
      from: envelope.mailFrom ? envelope.mailFrom.address : '',
      recipients: envelope.rcptTo.map(({ address }) => address),
      raw: raw.toString('utf8'),
      parsed: await simpleParser(raw),
    });
    done();
  }
}

/** The addresses of a header, e.g. of `To`. */
export function addressesOf(header: AddressObject | AddressObject[] | undefined): string[] {
  return [header ?? []].flat().flatMap(({ value }) => value.map(({ address }) => address ?? ''));
}

function refusalOf(line?: string): SmtpRefusal | null {
  return line === undefined ? null : new SmtpRefusal(line);
}
