import { existsSync } from "node:fs";
import { chmod, mkdir, rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { SitepodError } from "#model";
import { type Answers, createDialogue, type Dialogue, type Questions } from "./dialogue.ts";
import type { NoQuestions, OperatorQuestions } from "./operator-messages.ts";

/** In a folder of the data folder that only the server's user can enter. */
const socketPath = (data: string): string => join(data, "run", "operator.sock");

/** What answers one command, and is told when that has ended. */
export interface Answering {
  readonly answers: Answers<OperatorQuestions>;
  end(): void;
}

/** Answers commands of the operator on this machine. Returns how to end it. */
export async function openOperatorSocket(data: string, answer: () => Answering): Promise<() => Promise<void>> {
  const path = socketPath(data);
  await mkdir(join(data, "run"), { recursive: true });
  await chmod(join(data, "run"), 0o700);
  await rm(path, { force: true });
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    const { answers, end } = answer();
    const dialogue = talk<NoQuestions, OperatorQuestions>(socket, answers);
    socket.once("close", () => {
      open.delete(socket);
      dialogue.end();
      end();
    });
  });
  const listening = Promise.withResolvers<void>();
  server.once("error", listening.reject);
  server.listen(path, listening.resolve);
  await listening.promise;
  return async () => {
    server.close();
    for (const socket of open) socket.destroy();
    await rm(path, { force: true });
  };
}

export interface AskedServer extends Disposable {
  readonly ask: Dialogue<OperatorQuestions>["ask"];
}

/** Connects to the server that runs on a data folder. Throws SitepodError `unavailable` where it does not answer. */
export async function askServer(data: string): Promise<AskedServer> {
  const path = socketPath(data);
  const connected = Promise.withResolvers<void>();
  if (!existsSync(path)) throw silent(data);
  const socket = connect(path, connected.resolve);
  socket.once("error", connected.reject);
  try {
    await connected.promise;
  } catch (cause) {
    throw silent(data, cause);
  }
  const dialogue = talk<OperatorQuestions, NoQuestions>(socket, {});
  socket.once("close", () => dialogue.end());
  return {
    ask: (name, says) =>
      dialogue.ask(name, says).catch((cause: unknown) => {
        throw cause instanceof SitepodError ? cause : silent(data, cause);
      }),
    [Symbol.dispose]: () => socket.destroy(),
  };
}

/** Messages as lines of JSON. */
function talk<Asked extends Questions, Answered extends Questions>(
  socket: Socket,
  answers: Answers<Answered>,
): Dialogue<Asked> {
  const dialogue = createDialogue<Asked, Answered>(
    (message) => void socket.write(`${JSON.stringify(message)}\n`),
    answers,
  );
  createInterface(socket).on("line", (line) => dialogue.receive(JSON.parse(line)));
  // The end is told by its closing.
  socket.on("error", () => {});
  return dialogue;
}

const silent = (data: string, cause?: unknown): SitepodError =>
  new SitepodError("unavailable", `A server uses ${data} and does not answer. Try again, or stop it first.`, { cause });
