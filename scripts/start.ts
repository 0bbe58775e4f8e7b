// npm start [-- --port N --data FOLDER --domain NAME]: the server from source, with the example site released.
import { buildConsole } from "./build/console.ts";

try {
  await buildConsole();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
process.argv.splice(2, 0, "serve", "--welcome");
await import("../src/bin/sitepod.ts");
