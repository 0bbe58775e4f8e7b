import type { Edges, EdgesState } from "./edges.ts";
import { keepEdge, type KeptEdgeOptions, withPorts } from "./kept-edge.ts";

/**
 * Starts edges in processes of their own, as many as the settings say, which listen on the same ports. Throws what one
 * throws that cannot start.
 */
export async function startEdgePool(options: KeptEdgeOptions): Promise<Edges> {
  const first = await keepEdge(1, options);
  // The ports that the first one was given are everybody's.
  const settings = withPorts(options.settings, first.ports);
  const numbers = Array.from({ length: settings.workers - 1 }, (_, i) => i + 2);
  const others = await Promise.allSettled(numbers.map((number) => keepEdge(number, { ...options, settings })));
  const edges = [first, ...others.flatMap((other) => (other.status === "fulfilled" ? [other.value] : []))];
  const stop = async (drainMs: number) => void (await Promise.all(edges.map((edge) => edge.stop(drainMs))));
  const failed = others.find((other) => other.status === "rejected");
  if (failed) {
    await stop(0);
    throw failed.reason;
  }

  const following = new Set<Promise<void>>();
  return {
    ...first.ports,
    forget(key) {
      const told = Promise.all(edges.map((edge) => edge.forget(key))).then(() => void following.delete(told));
      following.add(told);
    },
    settled: async () => void (await Promise.all(following)),
    useCertificates(certificates) {
      for (const edge of edges) edge.useCertificates(certificates);
    },
    useStorage: async (storage) => void (await Promise.all(edges.map((edge) => edge.useStorage(storage)))),
    state: async () => sum(await Promise.all(edges.map((edge) => edge.state()))),
    takeTraffic: async () => (await Promise.all(edges.map((edge) => edge.takeTraffic()))).flat(),
    leave: async () => void (await Promise.all(edges.map((edge) => edge.leave()))),
    stop,
  };
}

/** Adds up the state of all, of which there is one at least. */
const sum = (states: readonly EdgesState[]): EdgesState =>
  states.reduce((total, state) => {
    const names = Object.keys(total) as (keyof EdgesState)[];
    return Object.fromEntries(names.map((name) => [name, total[name] + state[name]])) as EdgesState;
  });
