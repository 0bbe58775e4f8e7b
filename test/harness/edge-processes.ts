import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** The processes in which a server's edges run now. Linux only. */
export function edgeProcesses(server: { readonly pid: number }): number[] {
  const children = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, "utf8").trim().split(" ");
  return children.filter((pid) => pid !== "" && isEdge(pid)).map(Number);
}

/** It calls itself `sitepod edge` once it runs. */
function isEdge(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes("edge");
  } catch {
    return false;
  }
}

/** The ports of the clients whose connections to `port` of this machine a process holds. */
export function clientPortsOf(pid: number, port: number): Set<number> {
  const sockets = socketsOf(pid);
  const ports = new Set<number>();
  for (const file of ["tcp", "tcp6"]) {
    for (const line of readFileSync(`/proc/net/${file}`, "utf8").split("\n").slice(1)) {
      const [, local = "", remote = "", , , , , , , inode = ""] = line.trim().split(/\s+/);
      if (portOf(local) === port && sockets.has(`socket:[${inode}]`)) ports.add(portOf(remote));
    }
  }
  return ports;
}

const portOf = (address: string): number => Number.parseInt(address.split(":")[1] ?? "", 16);

function socketsOf(pid: number): Set<string> {
  const folder = `/proc/${pid}/fd`;
  const links = readdirSync(folder).map((name) => {
    try {
      return readlinkSync(join(folder, name));
    } catch {
      return "";
    }
  });
  return new Set(links);
}
