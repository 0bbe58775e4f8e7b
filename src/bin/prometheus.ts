/** One figure, or several that labels tell apart. */
export interface Family {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly samples: readonly Sample[];
}

export interface Sample {
  /** Of a histogram: `_bucket`, `_sum` or `_count`. */
  readonly suffix?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Writes figures in Prometheus' text format, 0.0.4. */
export function formatFamilies(families: readonly Family[]): string {
  const lines = families.flatMap(({ name, type, help, samples }) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(({ suffix = "", labels, value }) => `${name}${suffix}${formatLabels(labels)} ${value}`),
  ]);
  return `${lines.join("\n")}\n`;
}

function formatLabels(labels: Sample["labels"]): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

const escapeLabel = (value: string): string =>
  value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");

export const gauge = (name: string, help: string, value: number, labels: Sample["labels"] = {}): Family => ({
  name,
  type: "gauge",
  help,
  samples: [{ labels, value }],
});

export const counter = (name: string, help: string, value: number): Family => ({
  name,
  type: "counter",
  help,
  samples: [{ labels: {}, value }],
});
