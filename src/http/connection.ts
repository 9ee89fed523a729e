/** Says whether a client has gone: an `AbortSignal`, or the connection of a request. */
export interface Connection {
  readonly aborted: boolean;
}

/** The parts of a framework's request that know its connection. Over HTTP/2 many requests share the socket, and have a stream each. */
export interface ConnectedRequest {
  socket?: { destroyed?: boolean };
  /** Node's request. TypeScript takes Fastify's for it by the `headers`: HTTP/1 has no stream. */
  raw?: { headers?: object; stream?: { destroyed?: boolean } };
}

/** Returns the connection of a request. It looks when it is asked, because a listener on a kept-alive socket would stay there. */
export function connectionOf({ socket, raw }: ConnectedRequest): Connection {
  return {
    get aborted() {
      return socket?.destroyed === true || raw?.stream?.destroyed === true;
    },
  };
}
