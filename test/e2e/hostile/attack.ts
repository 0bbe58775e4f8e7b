// bun attack.ts <kind> <port>: attacks a server on this machine until it is killed, and tells each second how it goes.
import { type AttackKind, DOMAIN, FILM, LOCKED_SITE, type Progress, SITE } from "./target.ts";

const port = Number(process.argv[3]);
const progress: Progress = { open: 0, answered: 0 };
const REOPEN_MS = 200;
const OPENED_AT_ONCE = 100;
const TICK_MS = 10;

interface Drip {
  readonly text: string;
  readonly everyMs: number;
}

/** Keeps so many connections open: each says `first`, then `drip` again and again; a deaf one never reads. */
function hold(count: number, first: string, { drip, isDeaf }: { drip?: Drip; isDeaf?: boolean } = {}): void {
  const open = () => {
    const opening = Bun.connect<Timer | undefined>({
      hostname: "127.0.0.1",
      port,
      socket: {
        open(socket) {
          progress.open++;
          if (first !== "") socket.write(first);
          if (isDeaf) socket.pause();
          if (!drip) return;
          socket.data = setInterval(() => socket.write(drip.text), drip.everyMs);
        },
        data: () => void progress.answered++,
        close(socket) {
          progress.open--;
          clearInterval(socket.data);
          setTimeout(open, REOPEN_MS);
        },
        error() {},
        connectError: () => void setTimeout(open, REOPEN_MS),
      },
    });
    opening.catch(() => {});
  };
  let opened = 0;
  const wave = setInterval(() => {
    for (let i = 0; i < OPENED_AT_ONCE && opened < count; i++, opened++) open();
    if (opened >= count) clearInterval(wave);
  }, TICK_MS);
}

/** One connection of a flood: busy from a request to the last byte of its answer. */
interface Line {
  readonly send: (text: string) => void;
  /** Bytes of the answer that are still to come; undefined before its head. */
  left: number | undefined;
}

/** Sends so many requests a second, as far as its connections are free: none before the answer to the one before. */
function flood(perSecond: number, connections: number, request: (number: number) => string): void {
  const free = new Set<Line>();
  let number = 0;
  let owed = 0;
  const connect = () => {
    const opening = Bun.connect<Line>({
      hostname: "127.0.0.1",
      port,
      socket: {
        open(socket) {
          progress.open++;
          socket.data = { send: (text) => void socket.write(text), left: undefined };
          free.add(socket.data);
        },
        data({ data: line }, bytes) {
          line.left = (line.left ?? lengthOf(bytes)) - bytes.length;
          if (line.left > 0) return;
          progress.answered++;
          line.left = undefined;
          free.add(line);
        },
        close({ data: line }) {
          progress.open--;
          free.delete(line);
          setTimeout(connect, REOPEN_MS);
        },
        error() {},
        connectError: () => void setTimeout(connect, REOPEN_MS),
      },
    });
    opening.catch(() => {});
  };
  for (let i = 0; i < connections; i++) connect();
  setInterval(() => {
    owed = Math.min(owed + (perSecond * TICK_MS) / 1000, perSecond / 10);
    for (const line of free) {
      if (owed < 1) break;
      owed--;
      free.delete(line);
      line.send(request(number++));
    }
  }, TICK_MS);
}

/** The length of an answer whose first bytes these are, its head included. */
function lengthOf(bytes: Buffer): number {
  const head = bytes.toString("latin1").split("\r\n\r\n")[0] ?? "";
  return head.length + 4 + Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
}

const get = (host: string, path: string, headers = ""): string =>
  `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${headers}\r\n`;

const manyRanges = Array.from({ length: 1500 }, (_, i) => `${i * 10}-${i * 10 + 1}`).join(",");
const overlapping = Array.from({ length: 1500 }, () => "0-").join(",");

const attacks: Readonly<Record<AttackKind, () => void>> = {
  idle: () => hold(5000, ""),
  "slow headers": () =>
    hold(2000, `GET / HTTP/1.1\r\nHost: ${SITE}\r\n`, { drip: { text: "X-A: b\r\n", everyMs: 2000 } }),
  "slow bodies": () =>
    hold(
      2000,
      `POST /api/v1/auth/login HTTP/1.1\r\nHost: ${DOMAIN}\r\nContent-Length: 100000\r\nContent-Type: application/json\r\n\r\n{`,
      { drip: { text: " ", everyMs: 2000 } },
    ),
  "slow readers": () => hold(1000, get(SITE, FILM), { isDeaf: true }),
  "unknown hosts": () => flood(10_000, 256, (i) => get(i % 2 ? `x${i}.${DOMAIN}` : `x${i}.evil.test`, "/")),
  "range bombs": () => flood(1000, 64, (i) => get(SITE, FILM, `Range: bytes=${i % 2 ? manyRanges : overlapping}\r\n`)),
  "header bombs": () => flood(1000, 64, (i) => get(SITE, "/", `X-A: ${"b".repeat(i % 2 ? 15_000 : 30_000)}\r\n`)),
  passwords: () =>
    flood(500, 64, (i) => {
      const body = `password=guess${i}`;
      const form = `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n`;
      return `POST /?sitepod_access=password HTTP/1.1\r\nHost: ${LOCKED_SITE}\r\n${form}\r\n${body}`;
    }),
};

attacks[process.argv[2] as AttackKind]();
setInterval(() => process.stdout.write(`${JSON.stringify(progress)}\n`), 200);
