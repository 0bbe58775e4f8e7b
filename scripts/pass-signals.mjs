const PARENT_POLL_MS = 500;

/**
 * Lives and ends with a child process. A terminal sends Ctrl-C to the child as well: passing it on would make it two,
 * and the second one means "at once".
 */
export function passSignals(child) {
  // npm passes its signals to a shell that dies of them without a word to us.
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && child.kill("SIGTERM"), PARENT_POLL_MS).unref();
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  process.on("SIGINT", () => {
    if (!process.stdin.isTTY) child.kill("SIGINT");
  });
  child.on("exit", (code, signal) => process.exit(code ?? (signal ? 130 : 1)));
}
