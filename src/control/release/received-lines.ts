import type { Context } from "../context.ts";
import { addLines, type LineContent } from "./deploys.ts";

/** Gathers what arrives of a deploy into few lines of its log: an upload is not kept waiting for them. */
export interface ReceivedLines {
  add(deployId: string, bytes: number, contents: number): void;
  /** Ends the gathering for a deploy. Resolves with what is not written yet, once all that was before it is. */
  take(deployId: string): Promise<LineContent[]>;
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
/** Deploys that are gathered for at once. Where there are more, the first has its line written, and begins anew. */
const MAX_DEPLOYS = 1000;

export function createReceivedLines(context: Context): ReceivedLines {
  const gathered = new Map<string, Gathered>();

  function write(id: string, deploy: Gathered): void {
    deploy.timer = undefined;
    if (context.live.isClosed()) return;
    const lines = gatheredLines(deploy);
    if (lines.length > 0) deploy.writing = deploy.writing.then(() => addLines(context, id, lines));
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
      deploy.timer ??= setTimeout(write, afterMs, id, deploy);
    },
    async take(id) {
      const deploy = gathered.get(id);
      if (!deploy) return [];
      gathered.delete(id);
      clearTimeout(deploy.timer);
      await deploy.writing;
      return gatheredLines(deploy);
    },
  };
}

/** Takes what is gathered: a line, where there is anything. */
function gatheredLines(deploy: Gathered): LineContent[] {
  const { contents, bytes } = deploy;
  [deploy.contents, deploy.bytes] = [0, 0];
  return contents === 0 && bytes === 0 ? [] : [{ kind: "received", contents, bytes }];
}
