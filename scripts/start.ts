// npm start [-- --port N --data FOLDER --domain NAME]: the server from source, with the example site released.
import { resolve } from "node:path";
import { buildConsole } from "./build/console.ts";
import { root } from "./steps/run-command.ts";

try {
  await buildConsole();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
const server = Bun.spawn(
  [process.execPath, resolve(root, "src/bin/sitepod.ts"), "serve", "--welcome", ...process.argv.slice(2)],
  { cwd: process.env.SITEPOD_CALLER_DIRECTORY ?? root, stdio: ["inherit", "inherit", "inherit"] },
);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => server.kill(signal));
process.exitCode = await server.exited;
