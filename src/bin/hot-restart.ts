import { createDialogue } from "./dialogue.ts";
import type { Log } from "./log.ts";
import { ownCommand } from "./own-command.ts";
import type { RunningServer } from "./running-server.ts";
import { SUCCESSION_VARIABLE, type SuccessionQuestions } from "./succession.ts";
import { within } from "./within.ts";

/** Tells a server to start the program that stands in the place of its own now, and to give way to it. */
export const RESTART_SIGNAL = "SIGUSR2";
/** A database that has to be brought up to date may take long. */
const START_MS = 5 * 60 * 1000;
/** A download that began before may last so long. */
const LINGER_MS = 60 * 60 * 1000;

/**
 * Starts another process with the arguments and the environment of this one. Once it serves, this one ends what it has under
 * way, which may take an hour. Where it does not come to that, or `stopped` comes first, this one serves on as before.
 * Returns whether the other has taken over.
 */
export async function giveWay(server: RunningServer, stopped: Promise<void>, log: Log): Promise<boolean> {
  const { letGo, takeBack, forget, retire } = server.succession;
  const ready = Promise.withResolvers<{ readonly socket: string | null }>();
  let letting: Promise<void> | undefined;
  const child = spawnSuccessor((message) => dialogue.receive(message), log);
  if (!child) return false;
  const dialogue = createDialogue<Record<string, never>, SuccessionQuestions>((message) => child.send(message), {
    async takeOver() {
      await (letting ??= letGo());
      return server.ports;
    },
    changed(key) {
      forget(key);
      return null;
    },
    ready(socket) {
      ready.resolve({ socket });
      return null;
    },
  });
  log(`Process ${child.pid} is to take over`);
  const failed = Promise.race([child.exited, stopped]).then(() => undefined);
  const successor = await within(START_MS, Promise.race([ready.promise, failed]));
  if (successor) {
    log(`Process ${child.pid} has taken over: requests under way may end`);
    await retire(successor.socket, LINGER_MS);
    return true;
  }
  child.kill("SIGKILL");
  await child.exited;
  dialogue.end();
  if (letting) {
    await letting;
    await takeBack();
  }
  log(
    `Process ${child.pid} has not taken over (${child.signalCode ?? `exit code ${child.exitCode}`}): this one serves on`,
  );
  return false;
}

/** Undefined where the program cannot be started. */
function spawnSuccessor(receive: (message: unknown) => void, log: Log): Bun.Subprocess | undefined {
  try {
    return Bun.spawn([...ownCommand(), ...process.argv.slice(2)], {
      env: { ...process.env, [SUCCESSION_VARIABLE]: "1" },
      stdio: ["ignore", "inherit", "inherit"],
      ipc: receive,
    });
  } catch (cause) {
    log("No other process has taken over, since the program cannot be started: this one serves on", cause);
    return undefined;
  }
}
