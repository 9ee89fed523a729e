import { type Answered, Client, type Sent } from './client.js';
import type { DocumentCheck } from './document-check.js';

/** A client that compares each answer with the document of the application. */
export class CheckedClient extends Client {
  readonly complaints: string[] = [];

  constructor(
    origin: string,
    private readonly check: DocumentCheck,
  ) {
    super(origin);
  }

  override async request(method: string, path: string, sent: Sent = {}): Promise<Answered> {
    const answered = await super.request(method, path, sent);
    this.complaints.push(...this.check.complaints({ method, path, json: sent.json, ...answered }));
    return answered;
  }
}
