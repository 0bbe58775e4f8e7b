import { connect } from "node:net";

/** Where a server listens on this machine. */
export interface Address {
  readonly port: number;
}

/**
 * Asks a server for a page of a host, whatever DNS says of that host. Redirects are not followed and bodies not decoded:
 * the answer is what was sent.
 */
export function fetchHost(server: Address, host: string, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("Host", host);
  const options = { ...init, headers, redirect: "manual", decompress: false } as const;
  return fetch(`http://127.0.0.1:${server.port}${path}`, options);
}

/**
 * Sends bytes as they are and returns all that comes back until the server closes: for requests that no client library
 * would send. The request itself asks for `Connection: close`.
 */
export function exchange(server: Address, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(server.port, "127.0.0.1", () => socket.write(request));
    socket.setTimeout(10_000, () => socket.destroy(new Error("The server kept the connection open for 10 s")));
    socket.on("data", (chunk) => chunks.push(Buffer.from(chunk)));
    socket.on("close", () => resolve(Buffer.concat(chunks).toString("latin1")));
    socket.on("error", reject);
  });
}
