import { type Certificate, formatCertificate, parseCertificate, readCertificate } from "./certificate.ts";
import { overwrite, type Pages } from "./ports.ts";

const KEY = "certs/self-signed.json";
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const YEAR_MS = 365 * 24 * 60 * 60 * 1000;
const LIFE_MS = 5 * YEAR_MS;
/** No server runs for longer without a restart. */
const LEAST_MS = 2 * YEAR_MS;

/** Makes the certificate for whoever asks for no name, or for one that has none yet. Browsers warn of it. */
export async function createSelfSigned(names: readonly string[], nowMs: number): Promise<Certificate> {
  const { SubjectAlternativeNameExtension, X509CertificateGenerator } = await import("@peculiar/x509");
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: "CN=SitePod self-signed",
    notBefore: new Date(nowMs),
    notAfter: new Date(nowMs + LIFE_MS),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [new SubjectAlternativeNameExtension(names.map((value) => ({ type: "dns" as const, value })))],
  });
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8.replaceAll(/.{64}/g, "$&\n")}\n-----END PRIVATE KEY-----\n`;
  return readCertificate(names, certificate.toString("pem"), key);
}

/** Returns the one that is stored, or stores what `make` makes where that is for other names, ends soon or is not there. */
export async function ensureSelfSigned(
  documents: Pages,
  names: readonly string[],
  nowMs: number,
  make: typeof createSelfSigned,
): Promise<Certificate> {
  const stored = await readSelfSigned(documents);
  if (stored && stored.names.join() === names.join() && stored.notAfterMs > nowMs + LEAST_MS) return stored;
  const made = await make(names, nowMs);
  // Where nothing can be written the sites are served all the same.
  await overwrite(documents, KEY, formatCertificate(made)).catch(() => {});
  return made;
}

/** Undefined where no server has made one yet. */
export async function readSelfSigned(documents: Pick<Pages, "read">): Promise<Certificate | undefined> {
  const text = await documents.read(KEY);
  return text === undefined ? undefined : parseCertificate(text);
}
