/** How an answer was found: `ready` in one look by its URL, `routed` by way of host, pointer and manifest. */
export const ANSWER_KINDS = ["ready", "routed"] as const;
/** The first digit of a status. */
export const STATUS_CLASSES = [1, 2, 3, 4, 5] as const;

type Counter = `${(typeof ANSWER_KINDS)[number]}${(typeof STATUS_CLASSES)[number]}xx`;

/** What an edge has answered since it began: how often, by kind and class of status, and how many bytes of files. */
export type Traffic = Readonly<Record<Counter | "sentBytes", number>>;

/** Counts what is answered: one look at the status and one addition, as it is done for every request. */
export interface TrafficCount {
  ready(status: number): void;
  routed(response: Response): Response;
  /** With the bytes, which are counted elsewhere. */
  traffic(sentBytes: number): Traffic;
}

export function createTrafficCount(): TrafficCount {
  // Found by the first digit of a status, of which 0 is none.
  const ready = [0, 0, 0, 0, 0, 0];
  const routed = [0, 0, 0, 0, 0, 0];
  const counts = { ready, routed };
  return {
    ready(status) {
      ready[(status / 100) | 0]!++;
    },
    routed(response) {
      routed[(response.status / 100) | 0]!++;
      return response;
    },
    traffic: (sentBytes) =>
      trafficBy((counter, kind, digit) => (counter === "sentBytes" ? sentBytes : counts[kind!][digit!]!)),
  };
}

export const NO_TRAFFIC: Traffic = trafficBy(() => 0);

export const addTraffic = (a: Traffic, b: Traffic): Traffic => trafficBy((counter) => a[counter] + b[counter]);

function trafficBy(
  count: (counter: keyof Traffic, kind?: (typeof ANSWER_KINDS)[number], digit?: number) => number,
): Traffic {
  const entries = ANSWER_KINDS.flatMap((kind) =>
    STATUS_CLASSES.map((digit): [string, number] => [`${kind}${digit}xx`, count(`${kind}${digit}xx`, kind, digit)]),
  );
  return Object.fromEntries([...entries, ["sentBytes", count("sentBytes")]]) as Traffic;
}
