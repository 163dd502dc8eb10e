import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

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
export function selfSigned(name: string, addresses: readonly string[] = []): Certified {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const certificate = certificateOf(
    { name, issuer: name, isAuthority: true, names: [], addresses, days: TEN_YEARS },
    publicKey,
    privateKey,
  );
  return { certificate, key: privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
}

/** A certificate and its key, in PEM. */
export interface Certified {
  readonly certificate: string;
  readonly key: string;
}

/**
 * A certificate for a server, signed by an authority of {@link selfSigned}.
 *
 * @param authorityName - the name that was given to the authority.
 * @param names - DNS names that it is for, e.g. `app.preview.localhost` or `*.preview.localhost`.
 */
export function issuedBy(
  authority: Certified,
  authorityName: string,
  names: readonly string[],
  addresses: readonly string[] = [],
): Certified {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const certificate = certificateOf(
    // Common names hold 64 characters; what counts are the names beside.
    { name: "groundplan local", issuer: authorityName, isAuthority: false, names, addresses, days: 397 },
    publicKey,
    createPrivateKey(authority.key),
  );
  return { certificate, key: privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
}

interface Content {
  readonly name: string;
  readonly issuer: string;
  readonly isAuthority: boolean;
  readonly names: readonly string[];
  readonly addresses: readonly string[];
  readonly days: number;
}

const TEN_YEARS = 3650;

function certificateOf(content: Content, publicKey: KeyObject, signer: KeyObject): string {
  const algorithm = der(SEQUENCE, Buffer.from(OID.ecdsaWithSha256, "hex"));
  const nameOf = (text: string) =>
    der(SEQUENCE, der(SET, der(SEQUENCE, Buffer.from(OID.commonName, "hex"), der(0x0c, Buffer.from(text)))));
  // A clock that is a little late finds it valid too.
  const start = new Date(Date.now() - 3_600_000);
  const end = new Date(start.getTime() + content.days * 86_400_000);
  const authority = der(
    SEQUENCE,
    Buffer.from(OID.basicConstraints, "hex"),
    der(0x01, Buffer.from([0xff])),
    der(0x04, content.isAuthority ? der(SEQUENCE, der(0x01, Buffer.from([0xff]))) : der(SEQUENCE)),
  );
  const forNames = [
    ...content.names.map((name) => der(0x82, Buffer.from(name))),
    ...content.addresses.map((address) => der(0x87, Buffer.from(address.split(".").map(Number)))),
  ];
  const alternatives = der(
    SEQUENCE,
    Buffer.from(OID.subjectAltName, "hex"),
    der(0x04, der(SEQUENCE, ...forNames)),
  );
  const body = der(
    SEQUENCE,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    nameOf(content.issuer),
    der(SEQUENCE, time(start), time(end)),
    nameOf(content.name),
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, der(SEQUENCE, authority, ...(forNames.length === 0 ? [] : [alternatives]))),
  );
  const signature = sign("sha256", body, signer);
  const whole = der(SEQUENCE, body, algorithm, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = whole.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
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
