import { expect, test } from "bun:test";
import { describeIgnored } from "./ignored-variables.ts";
import { parseServeOptions, SERVE_OPTIONS } from "./serve-options.ts";

test.each([
  ["SITEPOD_GC_EVRY", "SITEPOD_GC_EVERY"],
  ["SITEPOD_DOMIAN", "SITEPOD_DOMAIN"],
  ["SITEPOD_BACKUP_S3_ENDPONT", "SITEPOD_BACKUP_S3_ENDPOINT"],
  ["SITEPOD_HTTP", "SITEPOD_HTTPS"],
])("%s is told to be ignored, and that %s may be meant", (name, meant) => {
  expect(describeIgnored({ [name]: "a secret" })).toEqual([
    `${name} is set, is no variable of sitepod, and is ignored. Did you mean ${meant}?`,
  ]);
});

test("a variable that is near to none is told without a guess", () => {
  expect(describeIgnored({ SITEPOD_CLUSTER_SIZE: "3" })).toEqual([
    "SITEPOD_CLUSTER_SIZE is set, is no variable of sitepod, and is ignored",
  ]);
});

test("what the server, its commands and the command line read is not told, nor what is empty or not ours", () => {
  const options = Object.values(SERVE_OPTIONS).map(({ env }) => env);
  const others = ["SITEPOD_TOKEN", "SITEPOD_TO_S3_REGION", "SITEPOD_BACKUP_ACCESS_KEY_ID", "SITEPOD_SUCCESSION"];
  const set = Object.fromEntries([...options, ...others, "GC_EVRY", "OTEL_SITEPOD_X"].map((name) => [name, "1"]));
  expect(describeIgnored({ ...set, SITEPOD_GC_EVRY: "" })).toEqual([]);
});

const LINKS = {
  SITEPOD_SERVICE_HOST: "10.96.0.12",
  SITEPOD_SERVICE_PORT: "80",
  SITEPOD_SERVICE_PORT_HTTP: "80",
  SITEPOD_PORT_80_TCP: "tcp://10.96.0.12:80",
  SITEPOD_PORT_80_TCP_PROTO: "tcp",
  SITEPOD_PORT_80_TCP_PORT: "80",
  SITEPOD_PORT_80_TCP_ADDR: "10.96.0.12",
  SITEPOD_EDGE_SERVICE_HOST: "fd00::12",
  SITEPOD_EDGE_PORT: "tcp://[fd00::12]:80",
};

test("what Kubernetes tells of its Services is not told, unless it has the name of an option, which it does not set", () => {
  expect(describeIgnored(LINKS)).toEqual([]);
  const env = { ...LINKS, SITEPOD_PORT: "tcp://10.96.0.12:80", SITEPOD_HTTPS_PORT: "tcp://10.96.0.13:443" };
  expect(describeIgnored(env)).toEqual([
    expect.stringMatching(/^SITEPOD_HTTPS_PORT is not used: Kubernetes set it, to tell of the Service sitepod-https\./),
    expect.stringMatching(/^SITEPOD_PORT is not used: Kubernetes set it, to tell of the Service sitepod\./),
  ]);
  expect(parseServeOptions([], env)).toMatchObject({ port: 8080 });
  expect(parseServeOptions(["--https", "--acme-email", "a@example.com", "--domain", "example.com"], env)).toMatchObject(
    {
      port: 80,
    },
  );
  expect(parseServeOptions(["--port", "9000"], env)).toMatchObject({ port: 9000 });
});

test("what only looks a little like that is told", () => {
  expect(describeIgnored({ SITEPOD_SERVICE_HOST: "sites.example.com" })).toHaveLength(1);
  expect(() => parseServeOptions([], { SITEPOD_PORT: "http://10.96.0.12" })).toThrow("SITEPOD_PORT");
});
