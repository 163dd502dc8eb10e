import { createPrivateKey, X509Certificate } from "node:crypto";
import { selfSigned, selfSignedCertificate } from "../../../local/credentials/certificate";

test("a certificate authority that signs itself", () => {
  const certificate = new X509Certificate(selfSignedCertificate("kubernetes"));
  expect(certificate.ca).toBe(true);
  expect(certificate.subject).toBe("CN=kubernetes");
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(Date.parse(certificate.validFrom)).toBeLessThanOrEqual(Date.now());
  expect(Date.parse(certificate.validTo)).toBeGreaterThan(Date.now() + 9 * 365 * 86_400_000);
});

test("no two have the same key", () => {
  const keys = [1, 2].map(() => new X509Certificate(selfSignedCertificate("kubernetes")).fingerprint256);
  expect(keys[0]).not.toBe(keys[1]);
});

test("a certificate with its key is for the addresses that are given", () => {
  const { certificate, key } = selfSigned("etcd", ["127.0.0.1"]);
  const parsed = new X509Certificate(certificate);
  expect(parsed.checkIP("127.0.0.1")).toBe("127.0.0.1");
  expect(parsed.checkIP("127.0.0.2")).toBeUndefined();
  expect(parsed.checkPrivateKey(createPrivateKey(key))).toBe(true);
});
