import type { SiteFigures } from "#model";
import { type Certificate, Secret } from "#pki";
import type { Attempt, GivenPassword } from "#serve";
import type { EdgeSettings } from "./edge-settings.ts";
import type { OpenEdgeState } from "./open-edge.ts";
import type { StorageOptions } from "./storage-options.ts";

/** What the server asks of an edge in a process of its own. */
export type EdgeQuestions = {
  /** The first: open the ports, and serve. */
  readonly open: { readonly says: Opening; readonly answer: Ports };
  /** A document of the store changed: answered once the edge follows it as it is now. */
  readonly forget: { readonly says: string; readonly answer: null };
  readonly useCertificates: { readonly says: CertificateNews; readonly answer: null };
  /** Read from there: it has what the storage before has. */
  readonly useStorage: { readonly says: StorageOptions; readonly answer: null };
  /** Say that you are not ready, and serve. */
  readonly leave: { readonly says: null; readonly answer: null };
  readonly state: { readonly says: null; readonly answer: EdgeState };
  /** Hand over what was counted of each site since it was handed over last. */
  readonly takeTraffic: { readonly says: null; readonly answer: readonly SiteFigures[] };
  /** Take no new connections, let requests under way end for so many milliseconds, and end. */
  readonly end: { readonly says: number; readonly answer: null };
};

/** What such an edge asks of the server. */
export type ServerQuestions = {
  readonly tryPassword: { readonly says: GivenPassword; readonly answer: Attempt };
  /** This is the last that was counted here. */
  readonly lastTraffic: { readonly says: readonly SiteFigures[]; readonly answer: null };
};

export interface Opening {
  readonly settings: EdgeSettings;
  /** Counted from 1. */
  readonly number: number;
  /** Path of the socket at which the server answers for the control plane. */
  readonly controlSocket: string;
  /** Undefined where HTTPS is off. */
  readonly certificates: { readonly selfSigned: PackedCertificate; readonly stored: CertificateNews } | undefined;
}

export type EdgeState = OpenEdgeState & {
  /** Resident, of the whole process. */
  readonly memoryBytes: number;
};

export interface Ports {
  readonly httpPort: number;
  readonly httpsPort: number | undefined;
}

/** All certificates there are now, by fingerprint, and those of them that were not sent before. */
export interface CertificateNews {
  readonly all: readonly string[];
  readonly added: readonly PackedCertificate[];
}

/** A certificate with its key in the open: between two processes of one user, and nowhere else. */
export type PackedCertificate = Omit<Certificate, "key"> & { readonly key: string };

export const packCertificate = (certificate: Certificate): PackedCertificate => ({
  ...certificate,
  key: certificate.key.reveal(),
});

export const unpackCertificate = (packed: PackedCertificate): Certificate => ({
  ...packed,
  key: new Secret(packed.key),
});

/** Returns what tells one edge of certificates: thousands are not sent again because one is new. */
export function createCertificateSender(): (certificates: readonly Certificate[]) => CertificateNews {
  let sent = new Set<string>();
  return (certificates) => {
    const added = certificates.filter(({ fingerprint }) => !sent.has(fingerprint)).map(packCertificate);
    sent = new Set(certificates.map(({ fingerprint }) => fingerprint));
    return { all: [...sent], added };
  };
}

/** Returns what an edge puts the news together with. */
export function createCertificateReceiver(): (news: CertificateNews) => readonly Certificate[] {
  let known = new Map<string, Certificate>();
  return ({ all, added }) => {
    for (const packed of added) known.set(packed.fingerprint, unpackCertificate(packed));
    known = new Map(all.map((fingerprint) => [fingerprint, known.get(fingerprint)!]));
    return [...known.values()];
  };
}
