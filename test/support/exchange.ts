import { request, type RequestOptions } from 'node:http';

/** An answer as it came over the wire, read to its end. */
export interface Exchanged {
  status: number;
  rawHeaders: readonly string[];
  text: string;
}

/** Sends one request by `node:http`, and nothing that the caller does not name but what HTTP asks for. */
export function exchange(url: string, options: RequestOptions, body: string | Buffer = ''): Promise<Exchanged> {
  return new Promise((resolve, reject) => {
    const sent = request(url, options);
    sent.on('error', reject);
    // Only where the caller asks for it: Node's own agent also tells of a timeout, after 5 s, and an answer may take longer.
    if (options.timeout) sent.on('timeout', () => sent.destroy(new Error(`no answer within ${options.timeout} ms`)));
    sent.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, rawHeaders: response.rawHeaders, text }));
    });
    sent.end(body);
  });
}
