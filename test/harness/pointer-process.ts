// A process that moves and reads one environment's pointer, and prints what it saw: one JSON object a line.
import type { Api } from "#wire";
import { ApiRefusal, type DeployClient, deployClient } from "./deploy-client.ts";
import type { PointerCall, PointerOrders, SeenCall } from "./pointer-history.ts";
import { randomFrom } from "./random.ts";

const orders = JSON.parse(process.argv[2] ?? "") as PointerOrders;
const random = randomFrom(orders.seed);
const clients = orders.endpoints.map((endpoint) => deployClient({ endpoint, token: orders.token }));
/** The pointer's version that this process saw last: what it expects, sometimes. */
let seen = 0;

for (let turn = 0; turn < orders.operations;) {
  const call = chooseCall();
  const invoked = Date.now();
  const answer = await ask(clients[turn % clients.length]!, call);
  // A server that starts is given the time.
  if (answer === "not asked" || !answer) await Bun.sleep(20);
  if (answer === "not asked") continue;
  turn++;
  // A read without an answer tells nothing.
  if (!answer && call.kind === "read") continue;
  // The clock tells whole milliseconds: the answer came before the next one.
  const operation: SeenCall = { call: { ...call, ...answer }, invoked, returned: answer ? Date.now() + 1 : null };
  if (answer && "pointer" in answer) seen = answer.pointer;
  process.stdout.write(`${JSON.stringify(operation)}\n`);
}

function chooseCall(): PointerCall {
  const kind = random.pick<PointerCall["kind"]>(["read", "read", "release", "rollback"]);
  if (kind === "read") return { kind };
  const [first, ...others] = orders.versions;
  const to = random.pick([first!, ...others]);
  return random.below(3) < 1 && seen > 0 ? { kind, to, expected: seen } : { kind, to };
}

/** Returns what the answer says of the pointer, undefined where none came; a server that could not be reached was not asked. */
async function ask(client: DeployClient, call: PointerCall): Promise<Partial<PointerCall> | "not asked" | undefined> {
  const { site } = orders;
  try {
    if (call.kind === "read") {
      const current = await client.call<Api.Current>("GET", `/current?project=${site}&environment=prod`);
      return { pointer: current.pointer_version, at: current.version };
    }
    const choice = { version: call.to!, ...(call.expected !== undefined && { expected_version: call.expected }) };
    const moved = await client[call.kind](site, "prod", choice);
    return { pointer: moved.pointer_version, from: moved.previous_version };
  } catch (error) {
    if (!(error instanceof ApiRefusal)) {
      return (error as { code?: string }).code === "ECONNREFUSED" ? "not asked" : undefined;
    }
    if (error.status === 409) return { isRefused: true };
    return error.message.includes("The server is starting") ? "not asked" : undefined;
  }
}
