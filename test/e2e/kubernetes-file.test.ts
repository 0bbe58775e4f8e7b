import { expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseServeOptions, SERVE_OPTIONS } from "../../src/bin/serve-options.ts";
import { root } from "../harness/repository.ts";

type Labels = Readonly<Record<string, string>>;

interface Container {
  readonly args: readonly string[];
  readonly envFrom: readonly { configMapRef?: { name: string }; secretRef?: { name: string } }[];
  readonly env?: readonly { name: string; valueFrom: { secretKeyRef: { name: string; key: string } } }[];
  readonly ports: readonly { name: string; containerPort: number }[];
  readonly readinessProbe: { httpGet: { path: string; port: string } };
  readonly volumeMounts: readonly { name: string }[];
}

interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data?: Labels;
  readonly stringData?: Labels;
  readonly spec?: {
    readonly selector?: Labels & { readonly matchLabels?: Labels };
    readonly template?: {
      readonly metadata: { readonly labels: Labels };
      readonly spec: { readonly containers: readonly Container[]; readonly volumes: readonly { name: string }[] };
    };
    readonly rules?: readonly { http: { paths: readonly { backend: { service: { name: string } } }[] } }[];
  };
}

const text = await readFile(join(root, "docs", "public", "kubernetes.yaml"), "utf8");
const resources = text.split(/^---$/m).map((part) => Bun.YAML.parse(part) as Resource);
const ofKind = (kind: string) => resources.filter((resource) => resource.kind === kind);
const deployments = ofKind("Deployment");

test.each(deployments.map((one) => [one.metadata.name, one] as const))(
  "%s is told options that the server knows, all that it needs, and refers to what is there",
  (name, { spec }) => {
    const { metadata, spec: pod } = spec!.template!;
    expect(spec!.selector!.matchLabels).toEqual(metadata.labels);
    const [container] = pod.containers;
    const { args, envFrom, env = [], ports, readinessProbe, volumeMounts } = container!;
    const told: Record<string, string> = {};
    for (const { configMapRef, secretRef } of envFrom) {
      const source = resources.find(
        (one) =>
          (one.kind === "ConfigMap" && one.metadata.name === configMapRef?.name) ||
          (one.kind === "Secret" && one.metadata.name === secretRef?.name),
      );
      Object.assign(told, source!.data ?? source!.stringData);
    }
    for (const { name, valueFrom } of env) {
      const { stringData } = resources.find(
        (one) => one.kind === "Secret" && one.metadata.name === valueFrom.secretKeyRef.name,
      )!;
      told[name] = stringData![valueFrom.secretKeyRef.key]!;
    }
    const known = Object.values(SERVE_OPTIONS).map((option) => option.env);
    for (const variable of Object.keys(told)) expect(known).toContain(variable as (typeof known)[number]);
    const options = parseServeOptions(args.slice(1), told);
    expect(options.role).toBe(name.replace("sitepod-", "") as "control" | "edge");
    expect(options.databaseUrl !== undefined).toBe(options.role === "control");
    expect(ports.map(({ containerPort }) => containerPort)).toEqual([options.port]);
    expect([readinessProbe.httpGet.path, readinessProbe.httpGet.port]).toEqual(["/readyz", ports[0]!.name]);
    expect(volumeMounts.map((mount) => mount.name)).toEqual(pod.volumes.map((volume) => volume.name));
    for (const url of options.controlUrls) {
      const service = ofKind("Service").find(({ metadata }) => new URL(url).hostname.startsWith(`${metadata.name}.`));
      expect(service).toBeDefined();
    }
  },
);

test("services select pods that there are, and the ingress leads to services", () => {
  const labels = deployments.map(({ spec }) => spec!.template!.metadata.labels);
  for (const { spec } of ofKind("Service")) expect(labels).toContainEqual(spec!.selector!);
  for (const { spec } of ofKind("PodDisruptionBudget")) expect(labels).toContainEqual(spec!.selector!.matchLabels!);
  const services = ofKind("Service").map(({ metadata }) => metadata.name);
  const backends = ofKind("Ingress").flatMap(({ spec }) => spec!.rules!.flatMap(({ http }) => http.paths));
  expect(backends.length).toBeGreaterThan(0);
  for (const { backend } of backends) expect(services).toContain(backend.service.name);
  for (const { kind, metadata } of resources) {
    if (kind !== "Namespace") expect(metadata.namespace).toBe("sitepod");
  }
});
