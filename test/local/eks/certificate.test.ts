import { X509Certificate } from "node:crypto";
import { selfSignedCertificate } from "../../../local/eks/certificate";

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
