import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

const SEQUENCE = 0x30;
const SET = 0x31;
const OID = {
  ecdsaWithSha256: "06082a8648ce3d040302",
  commonName: "0603550403",
  basicConstraints: "0603551d13",
  subjectAltName: "0603551d11",
};

/**
 * A certificate authority that signs itself, for a cluster that does not run. Its key is thrown away, so
 * nothing can ever be signed by it: a client that trusts it trusts nobody.
 *
 * @returns the certificate in PEM.
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1
 */
export function selfSignedCertificate(name: string): string {
  return selfSigned(name).certificate;
}

/**
 * A certificate that signs itself, and its key, in PEM: whoever trusts it trusts who has that key, and nobody else.
 *
 * @param addresses - IPv4 addresses that it is for, e.g. `127.0.0.1`.
 */
export function selfSigned(
  name: string,
  addresses: readonly string[] = [],
): { readonly certificate: string; readonly key: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = der(SEQUENCE, Buffer.from(OID.ecdsaWithSha256, "hex"));
  const subject = der(
    SEQUENCE,
    der(SET, der(SEQUENCE, Buffer.from(OID.commonName, "hex"), der(0x0c, Buffer.from(name)))),
  );
  const start = new Date();
  const end = new Date(start);
  end.setUTCFullYear(start.getUTCFullYear() + 10);
  const authority = der(
    SEQUENCE,
    Buffer.from(OID.basicConstraints, "hex"),
    der(0x01, Buffer.from([0xff])),
    der(0x04, der(SEQUENCE, der(0x01, Buffer.from([0xff])))),
  );
  const alternatives = der(
    SEQUENCE,
    Buffer.from(OID.subjectAltName, "hex"),
    der(
      0x04,
      der(SEQUENCE, ...addresses.map((address) => der(0x87, Buffer.from(address.split(".").map(Number))))),
    ),
  );
  const body = der(
    SEQUENCE,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    subject,
    der(SEQUENCE, time(start), time(end)),
    subject,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, der(SEQUENCE, authority, ...(addresses.length === 0 ? [] : [alternatives]))),
  );
  const signature = sign("sha256", body, privateKey);
  const whole = der(SEQUENCE, body, algorithm, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = whole.toString("base64").match(/.{1,64}/g) ?? [];
  return {
    certificate: ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n"),
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/** A value in DER: its tag, its length, its content. */
function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const bytes = Buffer.concat(content);
  const { length } = bytes;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), bytes]);
}

/** A time until 2049. */
function time(date: Date): Buffer {
  return der(0x17, Buffer.from(`${date.toISOString().replaceAll(/[-:T]/g, "").slice(2, 14)}Z`));
}
