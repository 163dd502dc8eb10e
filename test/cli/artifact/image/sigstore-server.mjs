// A Sigstore of a test: it gives certificates and keeps a log, over HTTP, and GitHub's tokens beside it. In a process of its
// own, for its certificates are made of buffers that Jest's context takes for others.
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { createServer } from "node:http";
import { fulcioHandler, initializeCA, initializeTLog } from "@sigstore/mock";

const [, , subject = ""] = process.argv;
/** What the log calls itself in what it signs. */
const LOG = "https://rekor.example.com";
const keys = () => generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const ctlog = certificateLog(keys());
const authority = await initializeCA(keys(), ctlog);
const tlog = await initializeTLog(LOG, keys());
const handlers = [fulcioHandler(authority), { path: "/api/v1/log/entries", fn: logEntry }];

/**
 * A log of certificates. The library's own writes empty signatures with the ASN.1 parser of today.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6962#section-3.2
 */
function certificateLog({ publicKey, privateKey }) {
  const key = publicKey.export({ type: "spki", format: "der" });
  const logID = createHash("sha256").update(key).digest();
  const number = (value, bytes) => Buffer.from(value.toString(16).padStart(2 * bytes, "0"), "hex");
  const log = async (certificate, issuer) => {
    const tbs = firstElement(Buffer.from(certificate));
    const time = number(Date.now(), 8);
    const parts = [
      number(0, 2),
      time,
      number(1, 2),
      Buffer.from(issuer),
      number(tbs.length, 3),
      tbs,
      number(0, 2),
    ];
    const signature = sign("sha256", Buffer.concat(parts), privateKey);
    const algorithm = Buffer.from([4, 3]);
    const head = [number(0, 1), logID, time, number(0, 2)];
    const timestamp = Buffer.concat([...head, algorithm, number(signature.length, 2), signature]);
    return Buffer.concat([number(timestamp.length, 2), timestamp]);
  };
  return { publicKey: key, logID, log };
}

/** The first element of a sequence in DER, whole. */
function firstElement(sequence) {
  const inner = sequence.subarray(headerOf(sequence).header);
  const { header, length } = headerOf(inner);
  return inner.subarray(0, header + length);
}

function headerOf(element) {
  const first = element[1] ?? 0;
  if (first < 0x80) return { header: 2, length: first };
  return { header: 2 + (first & 0x7f), length: element.readUIntBE(2, first & 0x7f) };
}

/** Notes a statement, in the form that Rekor gives it: hashes of the envelope, and its signatures with their certificates. */
async function logEntry(body) {
  const { kind, apiVersion, spec } = JSON.parse(body);
  const { envelope, verifiers } = spec.proposedContent;
  const hash = (content) => ({
    algorithm: "sha256",
    value: createHash("sha256").update(content).digest("hex"),
  });
  const { payload, signatures } = JSON.parse(envelope);
  const entry = await tlog.log({
    kind,
    apiVersion,
    spec: {
      envelopeHash: hash(envelope),
      payloadHash: hash(Buffer.from(payload, "base64")),
      signatures: signatures.map(({ sig }, at) => ({ signature: sig, verifier: verifiers[at] })),
    },
  });
  return { statusCode: 201, response: JSON.stringify(entry), contentType: "application/json" };
}

/** A token as GitHub gives it, without a signature that anybody looks at here. */
function token() {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const iss = "https://token.actions.githubusercontent.com";
  const claims = { iss, sub: subject, aud: "sigstore", exp: Math.floor(Date.now() / 1000) + 600 };
  return `${part({ alg: "RS256" })}.${part(claims)}.c2lnbmF0dXJl`;
}

const server = createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  const path = (request.url ?? "").split("?", 1)[0];
  if (path === "/token") return response.end(JSON.stringify({ value: token() }));
  const handler = handlers.find((one) => one.path === path);
  if (!handler) return response.writeHead(404).end();
  const answer = await handler.fn(Buffer.concat(parts).toString());
  response.writeHead(answer.statusCode, { "content-type": answer.contentType ?? "text/plain" });
  return response.end(answer.response);
});

const validFor = { start: "2020-01-01T00:00:00Z" };
const base64 = (bytes) => Buffer.from(bytes).toString("base64");
const log = (publicKey, keyId) => ({
  baseUrl: LOG,
  hashAlgorithm: "SHA2_256",
  publicKey: { rawBytes: base64(publicKey), keyDetails: "PKIX_ECDSA_P256_SHA_256", validFor },
  logId: { keyId: base64(keyId) },
});

server.listen(0, "127.0.0.1", () => {
  const trustedRoot = {
    mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    tlogs: [log(tlog.publicKey, createHash("sha256").update(tlog.publicKey).digest())],
    certificateAuthorities: [
      { certChain: { certificates: [{ rawBytes: base64(authority.rootCertificate) }] }, validFor },
    ],
    ctlogs: [log(ctlog.publicKey, ctlog.logID)],
    timestampAuthorities: [],
  };
  console.log(JSON.stringify({ port: server.address().port, trustedRoot }));
});
