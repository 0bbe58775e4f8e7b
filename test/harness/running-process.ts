/** A process that a test has started and that ends with the test's `await using` block. */
export interface RunningProcess extends AsyncDisposable {
  readonly pid: number;
  /** What it has printed up to now, both streams. */
  output(): string;
  /** Undefined while it runs. */
  exitCode(): number | undefined;
  /** Sends a signal and waits for the end. Harmless when it has ended already. */
  end(signal: "SIGTERM" | "SIGKILL" | "SIGINT" | "SIGQUIT"): Promise<void>;
}

export interface StartOptions {
  readonly cwd: string;
  /** The whole environment beside PATH: nothing of the tester's own leaks in. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a command without input and collects what it prints. */
export function startProcess(command: readonly string[], options: StartOptions): RunningProcess {
  const child = Bun.spawn([...command], {
    cwd: options.cwd,
    env: { PATH: process.env.PATH ?? "", HOME: options.cwd, ...options.env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  let output = "";
  const collect = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) output += decoder.decode(chunk, { stream: true });
  };
  const collected = Promise.all([collect(child.stdout), collect(child.stderr)]);
  const end = async (signal: "SIGTERM" | "SIGKILL" | "SIGINT" | "SIGQUIT") => {
    child.kill(signal);
    await child.exited;
    await collected;
  };
  return {
    pid: child.pid,
    output: () => output,
    exitCode: () => (child.exitCode === null && child.signalCode === null ? undefined : (child.exitCode ?? -1)),
    end,
    [Symbol.asyncDispose]: () => end("SIGKILL"),
  };
}
