import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { headOf, type RequestHead } from "../../../local/gateway/exchange";
import { isSignedWithIssuedSecret } from "../../../local/gateway/signature";

let server: Server;
let heads: RequestHead[];
let issued: S3Client;

const secretOf = (accessKey: string) => (accessKey === "ASIAISSUED" ? "the secret" : undefined);
const isSigned = (head: RequestHead | undefined, now?: number) =>
  head !== undefined && isSignedWithIssuedSecret(head, secretOf, now);

beforeAll(async () => {
  server = createServer((request, response) => {
    heads.push(headOf(request));
    request.resume().once("end", () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  issued = client("ASIAISSUED", "the secret", "the token");
});

beforeEach(() => {
  heads = [];
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function client(accessKeyId: string, secretAccessKey: string, sessionToken?: string) {
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return new S3Client({ endpoint, region: "eu-central-1", forcePathStyle: true, credentials });
}

const PUT = new PutObjectCommand({
  Bucket: "b",
  Key: "from a page (1)'ü.txt",
  Body: "x",
  Metadata: { a: "b  c" },
});

test("what the SDK signs with a secret that was given out is signed", async () => {
  await issued.send(PUT);
  await issued.send(
    new GetObjectCommand({ Bucket: "b", Key: "k", ResponseContentType: "text/plain; a=b+c" }),
  );
  await issued.send(new ListObjectsV2Command({ Bucket: "b", Prefix: "a/b c*", Delimiter: "/" }));
  expect(heads.map((head) => isSigned(head))).toEqual([true, true, true]);
});

test("planted fault: another secret, an emulator's own key, and a made-up signature are not", async () => {
  await client("ASIAISSUED", "another secret").send(PUT);
  await client("groundplan-local", "groundplan-local").send(PUT);
  await client("123456789012", "123456789012").send(PUT);
  const authorization =
    "AWS4-HMAC-SHA256 Credential=ASIAISSUED/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";
  const [head] = heads as [RequestHead];
  heads.push({ ...head, headers: { ...head.headers, authorization } });
  heads.push({ ...head, headers: {} });
  expect(heads.map((one) => isSigned(one))).toEqual([false, false, false, false, false]);
});

test("planted fault: a signature is for one request, and for a time", async () => {
  await issued.send(PUT);
  const [head] = heads as [RequestHead];
  const changed = [
    { ...head, method: "DELETE" },
    { ...head, url: "/b/other?x-id=PutObject" },
    { ...head, url: `${head.url}&policy` },
    { ...head, url: `${head.url}&X-Amz-Credential=x` },
    { ...head, url: `${head.url}&AWSAccessKeyId=x` },
    { ...head, headers: { ...head.headers, host: "localhost" } },
  ];
  expect(changed.map((one) => isSigned(one))).toEqual(changed.map(() => false));
  expect(isSigned(head, Date.now() + 14 * 60_000)).toBe(true);
  expect(isSigned(head, Date.now() + 16 * 60_000)).toBe(false);
  expect(isSigned(head, Date.now() - 17 * 60_000)).toBe(false);
});
