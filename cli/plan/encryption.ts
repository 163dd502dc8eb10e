import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { readInputFile } from "../input/file";

/** Variable that holds the key of saved plans. */
export const KEY_VARIABLE = "GROUNDPLAN_PLAN_KEY";

/** First bytes of an encrypted plan: the format and its version. */
const MAGIC = Buffer.from("GPLAN\u0001", "latin1");

/** Bytes of the key, the nonce and the tag: AES-256-GCM. */
const KEY = 32;
const NONCE = 12;
const TAG = 16;

/**
 * Encrypts a saved plan: it holds the configuration, the variables and their secrets in clear.
 *
 * @param of - what it is the plan of: it can be opened as that only, so that no plan takes another's place.
 */
export function encryptPlan(plan: Buffer, key: Buffer, of: string): Buffer {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.concat([MAGIC, Buffer.from(of)]));
  const text = Buffer.concat([cipher.update(plan), cipher.final()]);
  return Buffer.concat([MAGIC, nonce, cipher.getAuthTag(), text]);
}

/**
 * Opens an encrypted plan.
 *
 * @throws CliError for another key, another plan, or one that was altered.
 */
export function decryptPlan(sealed: Buffer, key: Buffer, of: string): Buffer {
  const head = MAGIC.length + NONCE + TAG;
  if (sealed.length < head || !sealed.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new CliError(EXIT.USAGE, "this is not a plan that groundplan has encrypted");
  }
  const nonce = sealed.subarray(MAGIC.length, MAGIC.length + NONCE);
  const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG })
    .setAAD(Buffer.concat([MAGIC, Buffer.from(of)]))
    .setAuthTag(sealed.subarray(MAGIC.length + NONCE, head));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(head)), decipher.final()]);
  } catch {
    throw new CliError(
      EXIT.FAILED,
      "the plan cannot be decrypted: the key is wrong, or it is another plan",
      `(${of})`,
      `give the key that it was encrypted with: --key-file or ${KEY_VARIABLE}`,
    );
  }
}

/**
 * The key of saved plans, from a file or the environment: 32 bytes in base64 or hexadecimal.
 *
 * @throws CliError without one.
 */
export function planKey(file?: string, environment: NodeJS.ProcessEnv = process.env): Buffer {
  const place = file === undefined ? `the variable ${KEY_VARIABLE}` : file;
  if (file !== undefined && !existsSync(file)) {
    throw new CliError(EXIT.USAGE, `there is no key file ${file}`, MAKE);
  }
  const text = (
    file === undefined ? environment[KEY_VARIABLE] : readInputFile(file, { bytes: 10_000 }, MAKE).toString()
  )?.trim();
  if (!text) throw new CliError(EXIT.USAGE, "saved plans need a key", `at ${place}`, MAKE);
  const key = Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? "hex" : "base64");
  if (key.length === KEY) return key;
  throw new CliError(
    EXIT.USAGE,
    `the key of saved plans has ${key.length} bytes; it must have ${KEY}`,
    `at ${place}`,
    MAKE,
  );
}

const MAKE = "make one: openssl rand -base64 32";
