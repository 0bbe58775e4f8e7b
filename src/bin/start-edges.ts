import { SitepodError } from "#model";
import { createTryPassword } from "#serve";
import { openControlSocket } from "./control-socket.ts";
import { startEdgePool } from "./edge-pool.ts";
import type { EdgeSettings } from "./edge-settings.ts";
import { edgeHere, type Edges } from "./edges.ts";
import { maxBodyBytes } from "./listeners.ts";
import { allowMigration } from "./migrate-connections.ts";
import { type EdgeParts, openEdge } from "./open-edge.ts";
import { checkFree, openPort } from "./port-in-use.ts";

/** Edges whose server was killed a moment ago let go of their ports within that time. */
const LET_GO_MS = 1000;
const POLL_MS = 20;

/**
 * Starts what serves sites: an edge here, or several in processes of their own, which ask here for the control plane, by a
 * socket in `runFolder`.
 */
export async function startEdges(
  settings: EdgeSettings,
  runFolder: string,
  parts: Omit<EdgeParts, "tryPassword">,
): Promise<Edges> {
  const tryPassword = createTryPassword(Date.now, (password, hash) => Bun.password.verify(password, hash));
  if (settings.workers === 1) return edgeHere(openEdge(settings, { ...parts, tryPassword }));

  allowMigration();
  if (!settings.sharesPorts) await checkPorts(settings);
  let pool: Edges | undefined;
  const socket = await openControlSocket(
    runFolder,
    // A server that takes the place of another has one of its own.
    `control-${process.pid}.sock`,
    // Whoever is told that a release is out finds it out at every edge.
    async (request, address, requestId) => {
      const response = await parts.answerControl(request, address, requestId);
      await pool?.settled();
      return response;
    },
    maxBodyBytes(settings.maxFileBytes),
  );
  const { certificates, log } = parts;
  try {
    const started = await startEdgePool({
      settings: { ...settings, sharesPorts: true },
      controlSocket: socket.path,
      certificates,
      tryPassword,
      log,
    });
    pool = started;
    return { ...started, stop: (drainMs) => started.stop(drainMs).finally(socket.stop) };
  } catch (error) {
    await socket.stop();
    throw error;
  }
}

/** Throws SitepodError `conflict` where another server has a port. Two that share their ports on purpose would share these. */
async function checkPorts({ host, port, https }: EdgeSettings): Promise<void> {
  const endMs = performance.now() + LET_GO_MS;
  for (const one of [port, ...(https ? [https.port] : [])]) {
    for (;;) {
      try {
        openPort(one, () => checkFree(one, host));
        break;
      } catch (error) {
        const mayEnd = error instanceof SitepodError && error.code === "conflict" && performance.now() < endMs;
        if (!mayEnd) throw error;
        await Bun.sleep(POLL_MS);
      }
    }
  }
}
