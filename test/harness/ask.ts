import { type Address, exchange } from "./tenant.ts";

/** What was answered, as it was sent. */
export interface RawResponse {
  readonly status: number;
  readonly headers: Headers;
  /** Latin-1; of a chunked body the chunks, their lengths left out. */
  readonly body: string;
}

/** Asks for a target exactly as it is written: a client library would tidy it up. */
export async function ask(
  server: Address,
  host: string,
  target: string,
  headers: Readonly<Record<string, string>> = {},
  method = "GET",
): Promise<RawResponse> {
  const fields = Object.entries({ Host: host, ...headers, Connection: "close" }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  const text = await exchange(server, [`${method} ${target} HTTP/1.1`, ...fields, "", ""].join("\r\n"));
  const end = text.indexOf("\r\n\r\n");
  const [status = "", ...lines] = text.slice(0, end).split("\r\n");
  const received = new Headers(
    lines.map((line): [string, string] => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]),
  );
  const body = text.slice(end + 4);
  return {
    status: Number(status.split(" ")[1]),
    headers: received,
    body: received.get("transfer-encoding") === "chunked" ? joinChunks(body) : body,
  };
}

function joinChunks(text: string): string {
  let joined = "";
  for (let at = 0; ;) {
    const lineEnd = text.indexOf("\r\n", at);
    const length = Number.parseInt(text.slice(at, lineEnd), 16);
    if (!length) return joined;
    joined += text.slice(lineEnd + 2, lineEnd + 2 + length);
    at = lineEnd + 2 + length + 2;
  }
}
