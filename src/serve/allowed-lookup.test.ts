import { expect, test } from "bun:test";
import { allowedLookup, NOT_ALLOWED } from "./allowed-lookup.ts";

const look = (name: string, allowed: readonly string[]) =>
  new Promise<unknown>((resolve) => {
    allowedLookup((address) => allowed.includes(address))(name, { all: true }, (error, found) =>
      resolve(error?.code ?? found),
    );
  });

test("a connection is given only the addresses that are allowed", async () => {
  expect(await look("localhost", ["127.0.0.1"])).toEqual([{ address: "127.0.0.1", family: 4 }]);
});

test("a name without an address that is allowed is refused, whatever else it has", async () => {
  expect(await look("localhost", ["192.0.2.1"])).toBe(NOT_ALLOWED);
});

test("a caller that wants one address gets one", async () => {
  const found = await new Promise((resolve) => {
    allowedLookup((address) => address === "127.0.0.1")("localhost", {}, (...answer) => resolve(answer));
  });
  expect(found).toEqual([null, "127.0.0.1", 4]);
});
