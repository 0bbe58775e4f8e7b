import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";

/** Keeps texts in the database such that a copy of it alone does not tell them. */
export interface Seal {
  /** `place` names where the text is kept: it cannot be opened as that of another. */
  close(text: string, place: string): string;
  /** Undefined where it was sealed with another key, or changed. */
  open(sealed: string, place: string): string | undefined;
}

const ALGORITHM = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Makes a seal whose key follows from the server's secret. */
export function createSeal(secret: string, randomBytes: (length: number) => Uint8Array): Seal {
  const key = Buffer.from(hkdfSync("sha256", secret, "", "sitepod webhooks", KEY_BYTES));
  return {
    close(text, place) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(place));
      const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64");
    },
    open(sealed, place) {
      const bytes = Buffer.from(sealed, "base64");
      const textStart = NONCE_BYTES + TAG_BYTES;
      try {
        const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES), {
          authTagLength: TAG_BYTES,
        }).setAAD(Buffer.from(place));
        decipher.setAuthTag(bytes.subarray(NONCE_BYTES, textStart));
        return Buffer.concat([decipher.update(bytes.subarray(textStart)), decipher.final()]).toString("utf8");
      } catch {
        return undefined;
      }
    },
  };
}
