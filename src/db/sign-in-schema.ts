import type { Generated } from "kysely";

export interface SessionTable {
  id: string;
  expiresAt: string;
  token: string;
  createdAt: string;
  updatedAt: string;
  ipAddress: string | null;
  userAgent: string | null;
  userId: string;
}

export interface AccountTable {
  id: string;
  accountId: string;
  providerId: string;
  userId: string;
  accessToken: string | null;
  refreshToken: string | null;
  idToken: string | null;
  accessTokenExpiresAt: string | null;
  refreshTokenExpiresAt: string | null;
  scope: string | null;
  password: string | null;
  createdAt: string;
  updatedAt: string;
}

export interface VerificationTable {
  id: string;
  identifier: string;
  value: string;
  expiresAt: string;
  createdAt: string;
  updatedAt: string;
}

/** A secret for one-time codes, and the recovery codes that are left; both encrypted. */
export interface TwoFactorTable {
  id: string;
  secret: string;
  backupCodes: string;
  userId: string;
  /** 0: being set up, no code has been shown yet. */
  verified: number | null;
  failedVerificationCount: Generated<number>;
  lockedUntil: string | null;
}

/** A program that waits for a person to let it in. */
export interface DeviceCodeTable {
  id: string;
  deviceCode: string;
  userCode: string;
  userId: string | null;
  expiresAt: string;
  status: string;
  lastPolledAt: string | null;
  /** Milliseconds. */
  pollingInterval: number | null;
  clientId: string | null;
  scope: string | null;
  /** What the program calls itself. */
  name: string | null;
  /** From where it asked. */
  address: string | null;
}

export interface PasskeyTable {
  id: string;
  user_id: string;
  name: string;
  /** As WebAuthn's browsers name it, base64url. */
  credential_id: string;
  /** COSE, base64url. */
  public_key: string;
  /** How often the authenticator says that it was used; 0: it does not count. */
  counter: number;
  /** Separated by spaces. */
  transports: string;
  created_at: string;
  last_used_at: string | null;
}

/** From where an account has signed in: whoever guesses its password elsewhere does not slow it down there. */
export interface KnownPlaceTable {
  user_id: string;
  /** SHA-256 of a network or of a browser's secret, hexadecimal. */
  place: string;
  last_used_at: string;
}
