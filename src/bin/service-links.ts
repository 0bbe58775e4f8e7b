import { isIP } from "node:net";

/**
 * Kubernetes tells every container of a Service called `sitepod`, or `sitepod-…`, by such variables, unless the pod's specification
 * says `enableServiceLinks: false`. https://kubernetes.io/docs/tutorials/services/connect-applications-service/#environment-variables
 */
const LINKS: readonly (readonly [name: RegExp, isValue: (text: string) => boolean])[] = [
  [/_PORT(?:_\d+_(?:TCP|UDP|SCTP))?$/, (text) => /^(?:tcp|udp|sctp):\/\/[0-9a-f.:[\]]+:\d+$/i.test(text)],
  [/_PORT_\d+_(?:TCP|UDP|SCTP)_PROTO$/, (text) => /^(?:tcp|udp|sctp)$/i.test(text)],
  [/_(?:SERVICE_PORT(?:_[A-Z0-9_]+)?|PORT_\d+_(?:TCP|UDP|SCTP)_PORT)$/, (text) => /^\d+$/.test(text)],
  [/_(?:SERVICE_HOST|PORT_\d+_(?:TCP|UDP|SCTP)_ADDR)$/, (text) => isIP(text) !== 0],
];

/** Whether a variable is one by which Kubernetes tells of a Service, rather than one that somebody set. */
export const isServiceLink = (name: string, value: string): boolean =>
  LINKS.some(([pattern, isValue]) => pattern.test(name) && isValue(value));
