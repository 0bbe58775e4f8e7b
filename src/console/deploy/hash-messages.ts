/** What the worker is asked. */
export interface HashRequest {
  readonly files: readonly File[];
  readonly wantsSha256: boolean;
}

/** Hexadecimal. */
export interface Hashes {
  readonly blake3: string;
  readonly sha256?: string;
}

/** What the worker says: bytes as they are read, and the hashes of all files, in their order, at the end. */
export type HashNews =
  | { readonly kind: "read"; readonly bytes: number }
  | { readonly kind: "hashed"; readonly hashes: readonly Hashes[] }
  | { readonly kind: "failed"; readonly file: number; readonly message: string };
