import { type Certificate, readCertificate } from "./certificate.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const LIFE_MS = 365 * 24 * 60 * 60 * 1000;

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
