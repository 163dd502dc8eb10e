import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { selfSigned } from "../credentials/certificate";
import { privateFolder, writeWhole } from "../files/private";
import { readSmallFile } from "../files/read-file";
import { nodeName } from "./nodes";
import { NODE_ADDRESS } from "./real-node/places";

/** Who may ask the API server, each by a token of its own. */
export const USERS = {
  admin: { user: "groundplan-admin", groups: ["system:masters"] },
  "controller-manager": { user: "system:kube-controller-manager", groups: [] },
  scheduler: { user: "system:kube-scheduler", groups: [] },
  kubelet: { user: `system:node:${nodeName(0)}`, groups: ["system:nodes"] },
  "kube-proxy": { user: "system:kube-proxy", groups: [] },
  kwok: { user: "groundplan-kwok", groups: ["system:masters"] },
  argocd: { user: "groundplan-argocd", groups: ["system:masters"] },
  rollouts: { user: "groundplan-rollouts", groups: ["system:masters"] },
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

  /** Password of Argo CD's cache. */
  readonly cachePassword: string;

  /** Bearer token of the metrics of Argo CD's controller. */
  readonly metricsToken: string;

  /** Certificate and key, PEM, by which etcd and the API server know each other. */
  readonly storeCertificateFile: string;
  readonly storeKeyFile: string;

  /** Certificate and key, PEM, by which the API server and a real node's kubelet know each other. */
  readonly kubeletCertificateFile: string;
  readonly kubeletKeyFile: string;

  /** Keys that sign and check the tokens of service accounts, PEM. */
  readonly serviceAccountKeyFile: string;
  readonly serviceAccountPublicKeyFile: string;
}

/** Finds the credentials of a folder, or makes them. */
export function credentialsIn(folder: string): Credentials {
  privateFolder(folder);
  const serviceAccountKeyFile = join(folder, "service-accounts.key");
  const serviceAccountPublicKeyFile = join(folder, "service-accounts.pub");
  if (!existsSync(serviceAccountKeyFile) || !existsSync(serviceAccountPublicKeyFile)) {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    writeWhole(serviceAccountPublicKeyFile, publicKey);
    writeWhole(serviceAccountKeyFile, privateKey);
  }
  const tokens = tokensIn(join(folder, "tokens.json"));
  const tokensFile = join(folder, "tokens.csv");
  const lines = (Object.keys(USERS) as UserName[]).map((name) => {
    const { user, groups } = USERS[name];
    return `${tokens[name]},${user},${name},"${groups.join(",")}"`;
  });
  writeWhole(tokensFile, `${lines.join("\n")}\n`);
  const derive = (purpose: string) =>
    createHash("sha256").update(purpose).update(tokens.argocd).digest("hex");
  return {
    tokensFile,
    tokens,
    secretKey: derive("argocd"),
    cachePassword: derive("redis"),
    metricsToken: derive("metrics"),
    serviceAccountKeyFile,
    serviceAccountPublicKeyFile,
    ...storeCertificateIn(folder),
    ...kubeletCertificateIn(folder),
  };
}

function storeCertificateIn(folder: string): Pick<Credentials, "storeCertificateFile" | "storeKeyFile"> {
  const { certificate, key } = certificateIn(folder, "etcd", "127.0.0.1");
  return { storeCertificateFile: certificate, storeKeyFile: key };
}

function kubeletCertificateIn(
  folder: string,
): Pick<Credentials, "kubeletCertificateFile" | "kubeletKeyFile"> {
  const { certificate, key } = certificateIn(folder, "kubelet", NODE_ADDRESS);
  return { kubeletCertificateFile: certificate, kubeletKeyFile: key };
}

/**
 * One certificate for both sides: each trusts it alone, so whoever has not its key is let in nowhere.
 *
 * @returns the paths of its files.
 */
function certificateIn(
  folder: string,
  name: string,
  address: string,
): { readonly certificate: string; readonly key: string } {
  const paths = { certificate: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) };
  if (!existsSync(paths.certificate) || !existsSync(paths.key)) {
    const made = selfSigned(`groundplan-${name}`, [address]);
    writeWhole(paths.certificate, made.certificate);
    writeWhole(paths.key, made.key);
  }
  return paths;
}

function tokensIn(path: string): Record<UserName, string> {
  const known = readTokens(path);
  const names = Object.keys(USERS) as UserName[];
  const tokens = Object.fromEntries(
    names.map((name) => [name, known[name] ?? randomBytes(32).toString("hex")]),
  ) as Record<UserName, string>;
  writeWhole(path, JSON.stringify(tokens));
  return tokens;
}

/** Tokens that are there already; none of a file that is damaged. */
function readTokens(path: string): Partial<Record<UserName, string>> {
  try {
    const found: unknown = JSON.parse(readSmallFile(path));
    const entries = Object.entries(found ?? {}).filter(([, token]) => /^[0-9a-f]{64}$/.test(String(token)));
    return Object.fromEntries(entries);
  } catch {
    return {};
  }
}
