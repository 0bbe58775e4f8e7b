import { existsSync, readdirSync, rmSync } from "node:fs";
import { chmod, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { AnswerControl } from "./listeners.ts";
import { inRequest } from "./request-id.ts";

/** What edges say of the client whose request they pass on. Believed at the control socket alone. */
export const CLIENT_ADDRESS = "sitepod-client-address";
export const CLIENT_SCHEME = "sitepod-client-scheme";
/** And of the request. */
export const REQUEST_ID = "sitepod-request-id";

/** Where edges in processes of their own have the control plane's requests answered. */
export interface ControlSocket {
  readonly path: string;
  stop(): Promise<void>;
}

/** Listens under a name in a folder that only this user can enter. */
export async function openControlSocket(
  folder: string,
  name: string,
  answer: AnswerControl,
  maxRequestBodySize: number,
): Promise<ControlSocket> {
  const path = join(folder, name);
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o700);
  await rm(path, { force: true });
  const options = {
    unix: path,
    maxRequestBodySize,
    // The edge ends what is silent for too long, and knows for how long that is.
    idleTimeout: 0,
    fetch(request: Request) {
      const requestId = request.headers.get(REQUEST_ID)!;
      return inRequest(requestId, () => answer(asSent(request), request.headers.get(CLIENT_ADDRESS), requestId));
    },
  };
  // Bun's types know of no time-out at such a socket; Bun does.
  const server = Bun.serve(options as unknown as Bun.Serve.Options<undefined>);
  return {
    path,
    async stop() {
      await server.stop(true);
      await rm(path, { force: true });
    },
  };
}

/** Removes what a server that was killed has left. To be called while no other uses the folder. */
export function removeOldSockets(folder: string): void {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    if (/^(control|successor)-\d+\.sock$/.test(name)) rmSync(join(folder, name), { force: true });
  }
}

/** The request as the client sent it, by the client's scheme. */
function asSent(request: Request): Request {
  return request.headers.get(CLIENT_SCHEME) === "https"
    ? new Request(request.url.replace(/^http:/, "https:"), request)
    : request;
}
