import type { Context } from "../context.ts";
import { addLine } from "./deploys.ts";

/** Gathers what arrives of a deploy into few lines of its log: an upload is not kept waiting for them. */
export interface ReceivedLines {
  add(deployId: string, bytes: number, contents: number): void;
  /** Writes what is gathered of a deploy. */
  flush(deployId: string): Promise<void>;
}

interface Gathered {
  contents: number;
  bytes: number;
  readonly startMs: number;
  timer: NodeJS.Timeout | undefined;
  writing: Promise<void>;
}

const FIRST_AFTER_MS = 300;
/** The longer a deploy takes, the fewer lines a minute it has: an hour has about two hundred. */
const SHARE_OF_AGE = 0.04;
/** Deploys that are gathered for at once; the others go without. */
const MAX_DEPLOYS = 1000;

export function createReceivedLines(context: Context): ReceivedLines {
  const gathered = new Map<string, Gathered>();

  async function write(id: string): Promise<void> {
    const deploy = gathered.get(id);
    if (!deploy) return;
    clearTimeout(deploy.timer);
    deploy.timer = undefined;
    const { contents, bytes } = deploy;
    if (contents === 0 && bytes === 0) return await deploy.writing;
    [deploy.contents, deploy.bytes] = [0, 0];
    deploy.writing = deploy.writing.then(() => addLine(context, id, { kind: "received", contents, bytes }));
    await deploy.writing;
  }

  return {
    add(id, bytes, contents) {
      let deploy = gathered.get(id);
      if (!deploy) {
        if (gathered.size >= MAX_DEPLOYS) gathered.delete(gathered.keys().next().value!);
        const startMs = performance.now();
        gathered.set(id, (deploy = { contents: 0, bytes: 0, startMs, timer: undefined, writing: Promise.resolve() }));
      }
      deploy.contents += contents;
      deploy.bytes += bytes;
      const afterMs = Math.max(FIRST_AFTER_MS, (performance.now() - deploy.startMs) * SHARE_OF_AGE);
      deploy.timer ??= setTimeout(() => void (context.live.isClosed() || write(id)), afterMs);
    },
    async flush(id) {
      await write(id);
      gathered.delete(id);
    },
  };
}
