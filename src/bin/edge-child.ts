import { join } from "node:path";
import type { SiteFigures } from "#model";
import type { Certificate } from "#pki";
import { NO_TRAFFIC, type Traffic, type TryPassword } from "#serve";
import { createDialogue } from "./dialogue.ts";
import { EDGE_ARGUMENT } from "./edge-argument.ts";
import {
  createCertificateSender,
  type EdgeQuestions,
  type EdgeState,
  type Opening,
  packCertificate,
  type Ports,
  type ServerQuestions,
} from "./edge-messages.ts";
import type { EdgeCertificates } from "./listeners.ts";
import { SERVE_OPTIONS } from "./serve-options.ts";
import type { StorageOptions } from "./storage-options.ts";
import { within } from "./within.ts";

/** An edge in a process of its own. */
export interface EdgeChild {
  readonly pid: number;
  /** Resolves when it has ended, to how: `SIGKILL`, `exit code 1`. */
  readonly ended: Promise<string>;
  /** Has it open the ports and serve. Throws what it throws, and where it ends before. */
  open(
    opening: Omit<Opening, "certificates">,
    certificates: Omit<EdgeCertificates, "challenges"> | undefined,
  ): Promise<Ports>;
  /** Whether it serves. */
  isOpen(): boolean;
  /** Tells of a changed document. Resolves once it follows it, or has not said so in time. */
  forget(key: string): Promise<void>;
  useCertificates(certificates: readonly Certificate[]): void;
  /** Has it read from another storage. Returns whether it does: not where it has not said so in time. */
  useStorage(storage: StorageOptions): Promise<boolean>;
  /** Has it say that it is not ready. Resolves once it does, or has not said so in time. */
  leave(): Promise<void>;
  /** Undefined where it does not tell in time. */
  state(): Promise<EdgeState | undefined>;
  /** What it had answered when its state was told last. */
  trafficTold(): Traffic;
  /** Returns what it has counted of each site since it was asked last, and, once it has ended, the last of it. */
  takeTraffic(): Promise<readonly SiteFigures[]>;
  /** Has it end, once requests under way have, or after so long. */
  end(drainMs: number): void;
  kill(signal: "SIGTERM" | "SIGKILL"): void;
}

/** An edge follows a move within a millisecond. One that does not say so may serve what was before for 5 seconds at most. */
const FOLLOW_MS = 100;
const STATE_MS = 1000;
/** It may hand over figures of thousands of sites. */
const TRAFFIC_MS = 10_000;
/** To open a storage. */
const STORAGE_MS = 10_000;
/** This very program: not what an upgrade may have put in the place of its file meanwhile. */
const PROGRAM = "/proc/self/exe";
/** Bun sends 256 at a time if it is not told: as many clients that are slow could keep all others from the API. */
const MAX_REQUESTS = "65535";

export function spawnEdge(tryPassword: TryPassword): EdgeChild {
  const isCompiled = Bun.main.startsWith("/$bunfs/");
  const source = isCompiled ? [] : [join(import.meta.dir, "sitepod.ts")];
  const child = Bun.spawn([PROGRAM, ...source, EDGE_ARGUMENT], {
    argv0: "sitepod",
    env: { ...withoutOptions(process.env), BUN_CONFIG_MAX_HTTP_REQUESTS: MAX_REQUESTS },
    stdio: ["ignore", "ignore", "inherit"],
    ipc: (message) => dialogue.receive(message),
  });
  const dialogue = createDialogue<EdgeQuestions, ServerQuestions>((message) => child.send(message), {
    tryPassword,
    lastTraffic(figures) {
      lastTraffic = figures;
      return null;
    },
  });
  const newsOf = createCertificateSender();
  let told: EdgeState | undefined;
  let lastTraffic: readonly SiteFigures[] = [];
  let isOpen = false;

  return {
    pid: child.pid,
    ended: child.exited.then(() => {
      dialogue.end();
      return child.signalCode === null ? `exit code ${child.exitCode}` : String(child.signalCode);
    }),
    async open(opening, certificates) {
      const ports = await dialogue.ask("open", {
        ...opening,
        certificates: certificates && {
          selfSigned: packCertificate(certificates.selfSigned),
          stored: newsOf(certificates.stored),
        },
      });
      isOpen = true;
      return ports;
    },
    isOpen: () => isOpen,
    forget: async (key) => void (await within(FOLLOW_MS, dialogue.ask("forget", key))),
    useCertificates(certificates) {
      // It can only fail by ending, and then another begins with these.
      dialogue.ask("useCertificates", newsOf(certificates)).catch(() => {});
    },
    useStorage: async (storage) => (await within(STORAGE_MS, dialogue.ask("useStorage", storage))) === null,
    leave: async () => void (await within(FOLLOW_MS, dialogue.ask("leave", null))),
    async state() {
      const state = await within(STATE_MS, dialogue.ask("state", null));
      told = state ?? told;
      return state;
    },
    end(drainMs) {
      // One that has ended needs not be told.
      dialogue.ask("end", drainMs).catch(() => {});
    },
    trafficTold: () => told ?? NO_TRAFFIC,
    async takeTraffic() {
      const taken = await within(TRAFFIC_MS, dialogue.ask("takeTraffic", null));
      const last = lastTraffic;
      lastTraffic = [];
      return [...(taken ?? []), ...last];
    },
    kill: (signal) => child.kill(signal),
  };
}

/** An edge is told all it needs by message: passwords and tokens of the server are none of it. */
function withoutOptions(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const names = new Set<string>(Object.values(SERVE_OPTIONS).map((option) => option.env));
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.has(name)));
}
