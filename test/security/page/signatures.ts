import { createHmac } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { AwsCli } from "../../aws-cli";
import { runProgram } from "../../program";
import { temporaryFolder } from "../../temporary-folder";

/** Variables by which the AWS CLI finds the local AWS, or its credentials. */
export type Keys = Readonly<Record<string, string>>;

/** The address that the AWS CLI presigns, with the emulator's own keys unless there are others. */
export async function presigned(environment: Keys, keys: Keys, object: string): Promise<string> {
  // Its default in us-east-1 is version 2, which says nothing that could be checked here.
  const folder = temporaryFolder("presign");
  try {
    const AWS_CONFIG_FILE = join(folder, "config");
    writeFileSync(AWS_CONFIG_FILE, "[default]\ns3 =\n  signature_version = s3v4\n");
    const variables = { ...new AwsCli({ ...environment, ...keys }).environment, AWS_CONFIG_FILE };
    const ended = await runProgram("aws", ["s3", "presign", object], { environment: variables });
    if (ended.code !== 0) throw new Error(ended.output);
    return ended.stdout.trim();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the SDK sends for PutObject, and has sent once; a browser sends some headers itself. */
export async function signedPut(environment: Keys, keys: Keys, Bucket: string, Key: string, Body: string) {
  const endpoint = environment.AWS_ENDPOINT_URL ?? "";
  const credentials = {
    accessKeyId: keys.AWS_ACCESS_KEY_ID ?? "",
    secretAccessKey: keys.AWS_SECRET_ACCESS_KEY ?? "",
    sessionToken: keys.AWS_SESSION_TOKEN ?? "",
  };
  const s3 = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials });
  let sent: Record<string, string> = {};
  s3.middlewareStack.add(
    (next) => async (args) => {
      ({ headers: sent } = args.request as { headers: Record<string, string> });
      return next(args);
    },
    { step: "deserialize" },
  );
  await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  const { host: _, "content-length": __, expect: ___, "user-agent": ____, ...headers } = sent;
  return {
    url: `${endpoint}/${Bucket}/${encodeURIComponent(Key)}?x-id=PutObject`,
    method: "PUT",
    headers,
    body: Body,
  };
}

/** A form as a backend signs it, here with the emulator's own key, which every page knows. */
export function signedForm(environment: Keys, bucket: string, key: string) {
  const { AWS_ACCESS_KEY_ID: id = "", AWS_SECRET_ACCESS_KEY: secret = "" } = environment;
  const expiration = new Date(Date.now() + 3_600_000).toISOString();
  const date = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const scope = [date.slice(0, 8), "us-east-1", "s3", "aws4_request"];
  const signing = {
    "x-amz-algorithm": "AWS4-HMAC-SHA256",
    "x-amz-credential": [id, ...scope].join("/"),
    "x-amz-date": date,
  };
  const conditions = [
    { bucket },
    { key },
    ...Object.entries(signing).map(([name, value]) => ({ [name]: value })),
  ];
  const policy = Buffer.from(JSON.stringify({ expiration, conditions })).toString("base64");
  const sign = (signingKey: string | Buffer, text: string) =>
    createHmac("sha256", signingKey).update(text).digest();
  const signed = sign(scope.reduce<string | Buffer>(sign, `AWS4${secret}`), policy).toString("hex");
  const fields = { key, ...signing, policy, "x-amz-signature": signed, file: "of a form" };
  const parts = Object.entries(fields).map(
    ([name, value]) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return {
    headers: { "content-type": "multipart/form-data; boundary=x" },
    body: `${parts.join("")}--x--\r\n`,
  };
}
