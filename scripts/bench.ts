// npm run bench:serve, npm run bench:deploy: measures beside peers in the same run, prints one JSON document, and fails
// where a goal is missed.
import { benchDeploy } from "../bench/deploy.ts";
import type { Verdict } from "../bench/goals.ts";
import { benchServe } from "../bench/serve/serve.ts";

const benches: Readonly<Record<string, () => Promise<object>>> = {
  serve: benchServe,
  deploy: () => benchDeploy(process.argv.slice(3).map(Number)),
};

const name = process.argv[2] ?? "";
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
if (!bench) {
  console.error(`Say which: npm run bench -- ${Object.keys(benches).join(" | ")}`);
  process.exit(2);
}
try {
  const figures: { readonly goals?: readonly Verdict[] } = await bench();
  console.log(JSON.stringify(figures, null, 2));
  const missed = (figures.goals ?? []).filter(({ met }) => !met);
  for (const goal of missed) console.error(formatMissed(goal));
  process.exitCode = missed.length === 0 ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

function formatMissed({ name: what, value, unit, atLeast, atMost }: Verdict): string {
  const bound = atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`;
  return `missed  ${what}: ${value} ${unit}, should be ${bound} ${unit}`;
}
