/**
 * Lives and ends with a child process. A terminal sends Ctrl-C to the child as well: passing it on would make it two,
 * and the second one means "at once".
 */
export function passSignals(child) {
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  process.on("SIGINT", () => {
    if (!process.stdin.isTTY) child.kill("SIGINT");
  });
  child.on("exit", (code, signal) => process.exit(code ?? (signal ? 130 : 1)));
}
