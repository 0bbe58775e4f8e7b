// npm run bench -- serve | deploy: measures beside peers in the same run and prints one JSON document.
import { benchDeploy } from "../bench/deploy.ts";
import { benchServe } from "../bench/serve.ts";

const benches: Readonly<Record<string, () => Promise<unknown>>> = { serve: benchServe, deploy: benchDeploy };

const name = process.argv[2] ?? "";
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
if (!bench) {
  console.error(`Say which: npm run bench -- ${Object.keys(benches).join(" | ")}`);
  process.exit(2);
}
try {
  console.log(JSON.stringify(await bench(), null, 2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
