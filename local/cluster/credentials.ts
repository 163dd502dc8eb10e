import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../whole-file";

/** Who may ask the API server, each by a token of its own. */
export const USERS = {
  admin: { user: "groundplan-admin", groups: ["system:masters"] },
  "controller-manager": { user: "system:kube-controller-manager", groups: [] },
  scheduler: { user: "system:kube-scheduler", groups: [] },
  kwok: { user: "groundplan-kwok", groups: ["system:masters"] },
  argocd: { user: "groundplan-argocd", groups: ["system:masters"] },
} as const;

export type UserName = keyof typeof USERS;

/** The cluster's secrets, in its folder, readable by its owner only; made once, kept over a restart. */
export interface Credentials {
  /** CSV file of the API server's static tokens. */
  readonly tokensFile: string;

  /** Token of each user. */
  readonly tokens: Readonly<Record<UserName, string>>;

  /** Random text for what Argo CD signs. */
  readonly secretKey: string;

  /** Keys that sign and check the tokens of service accounts, PEM. */
  readonly serviceAccountKeyFile: string;
  readonly serviceAccountPublicKeyFile: string;
}

/** Finds the credentials of a folder, or makes them. */
export function credentialsIn(folder: string): Credentials {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const serviceAccountKeyFile = join(folder, "service-accounts.key");
  const serviceAccountPublicKeyFile = join(folder, "service-accounts.pub");
  if (!existsSync(serviceAccountKeyFile) || !existsSync(serviceAccountPublicKeyFile)) {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    writeSecret(serviceAccountPublicKeyFile, publicKey);
    writeSecret(serviceAccountKeyFile, privateKey);
  }
  const tokens = tokensIn(join(folder, "tokens.json"));
  const tokensFile = join(folder, "tokens.csv");
  const lines = (Object.keys(USERS) as UserName[]).map((name) => {
    const { user, groups } = USERS[name];
    return `${tokens[name]},${user},${name},"${groups.join(",")}"`;
  });
  writeSecret(tokensFile, `${lines.join("\n")}\n`);
  const secretKey = createHash("sha256").update("argocd").update(tokens.argocd).digest("hex");
  return { tokensFile, tokens, secretKey, serviceAccountKeyFile, serviceAccountPublicKeyFile };
}

function tokensIn(path: string): Record<UserName, string> {
  const known: Partial<Record<UserName, string>> = existsSync(path)
    ? JSON.parse(readFileSync(path, "utf8"))
    : {};
  const names = Object.keys(USERS) as UserName[];
  const tokens = Object.fromEntries(
    names.map((name) => [name, known[name] ?? randomBytes(32).toString("hex")]),
  ) as Record<UserName, string>;
  writeSecret(path, JSON.stringify(tokens));
  return tokens;
}

/** Writes a file that only its owner may read, whole or not at all. */
export function writeSecret(path: string, content: string): void {
  writeWhole(path, content, 0o600);
}
