import { type Documents, openMemoryStore } from "#store";
import { createIssue } from "../../src/pki/acme.ts";
import type { Certificate } from "../../src/pki/certificate.ts";
import { createChallenges } from "../../src/pki/challenges.ts";
import { createDnsHook } from "../../src/pki/dns/hook.ts";
import { createKeeper, type Keeper } from "../../src/pki/keeper.ts";
import { Secret } from "../../src/pki/secret.ts";
import type { Wanted } from "../../src/pki/wanted.ts";
import type { Pebble } from "./pebble.ts";

/** An edge that keeps certificates, as the server does, with a clock to turn. */
export interface EdgeUnderTest extends AsyncDisposable {
  readonly keeper: Keeper;
  /** What it was handed last. */
  readonly certificates: () => readonly Certificate[];
  readonly log: string[];
  clockMs: number;
  wanted: readonly Wanted[];
}

export interface EdgeSetting {
  readonly documents?: Documents;
  readonly email?: string;
  readonly authorities?: readonly { readonly pebble: Pebble; readonly binding?: { id: string; key: string } }[];
  /** Whether it answers challenges on port 80. Only one of several on a machine can. */
  readonly answers?: boolean;
}

/** Opens an edge that wants these certificates, by default from one authority and with a store of its own. */
export async function openEdge(
  pebble: Pebble,
  wanted: readonly Wanted[],
  setting: EdgeSetting = {},
): Promise<EdgeUnderTest> {
  const documents = setting.documents ?? openMemoryStore().documents;
  const challenges = createChallenges(documents);
  const authorities = setting.authorities ?? [{ pebble }];
  const roots = await Promise.all(authorities.map(({ pebble }) => Bun.file(pebble.rootsFile).text()));
  const port80 = setting.answers === false ? undefined : listenForChallenges(pebble.httpPort, challenges.find);
  let certificates: readonly Certificate[] = [];
  const edge: EdgeUnderTest = {
    log: [],
    clockMs: Date.now(),
    wanted,
    certificates: () => certificates,
    keeper: createKeeper({
      documents,
      authorities: authorities.map(({ pebble, binding }) => ({
        directory: pebble.directory,
        binding: binding && { id: binding.id, key: new Secret(binding.key) },
      })),
      issue: createIssue({
        documents,
        challenges,
        dns: createDnsHook(pebble.dnsHook, process.env),
        email: setting.email,
        roots: roots.join("\n"),
      }),
      listWanted: async () => edge.wanted,
      onChange: (all) => (certificates = all),
      owner: crypto.randomUUID(),
      nowMs: () => edge.clockMs,
      random: () => 0,
      log: (message) => edge.log.push(message),
    }),
    [Symbol.asyncDispose]: async () => void (await port80?.stop(true)),
  };
  certificates = await edge.keeper.load();
  return edge;
}

function listenForChallenges(port: number, find: (path: string) => Promise<string | undefined>) {
  return Bun.serve({
    port,
    async fetch(request) {
      const answer = await find(new URL(request.url).pathname);
      return new Response(answer ?? null, { status: answer === undefined ? 404 : 200 });
    },
  });
}
